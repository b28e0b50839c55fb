import type * as z from 'zod';

/** Makes an error of a sentence that says what is wrong. */
export type Refuse = (message: string) => Error;

function parseJson(text: string, refuse: Refuse): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw refuse(`The question is no JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

const nameOf = (path: readonly PropertyKey[]): string =>
  path
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

function describe(question: unknown, { path, message }: z.core.$ZodIssue): string {
  const given = JSON.stringify(valueAt(question, path)) as string | undefined;
  const shown = given === undefined ? 'missing' : given.length > 80 ? `${given.slice(0, 80)}…` : given;
  return `${nameOf(path) || 'The question'} is ${shown}: ${message}`;
}

/** Names up to five fields that are wrong, each with its value. */
export function readJson<Output>(text: string, schema: z.ZodType<Output>, refuse: Refuse): Output {
  const given = parseJson(text, refuse);
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, 5).map(issue => describe(given, issue));
  throw refuse(`${faults.join('; ')}.`);
}
