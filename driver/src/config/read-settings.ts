import { PsoError } from '../domain/errors.ts';
import type { Settings } from './settings-schema.ts';
import { settingsSchema } from './settings-schema.ts';

/** Throws `invalid` naming file, field and value: without settings nothing may start, least of all without a clusterID. */
export function parseSettings(file: string, text: string | null): Settings {
  const refuse = (reason: string) =>
    new PsoError(
      'settings-invalid',
      `--settings=${file} ${reason}.`,
      'Correct it; the chart writes it from its values.',
    );
  if (text === null) throw refuse('does not exist');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = settingsSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const value = issue?.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], json);
  throw refuse(
    `field ${issue?.path.join('.') ?? ''} is ${value === undefined ? 'missing' : JSON.stringify(value)}: ${issue?.message ?? 'wrong'}`,
  );
}
