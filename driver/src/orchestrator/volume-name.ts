import { createHash } from 'node:crypto';
import { PsoError } from '../domain/errors.ts';
import { volumeName } from './names.ts';
import type { CreateVolumeRequest } from './requests.ts';

/** Text, or a value with at most one filter, e.g. `{{lower claim}}`. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: string; readonly filter: 'lower' | 'upper' | null };

/** PORT: reads a Handlebars text of such parts. Throws an Error with the reason for anything else: nothing is executed. */
export type TemplateReader = (text: string) => Promise<readonly TemplatePart[]>;

const MAX_LENGTH = 63;
const HASH_LENGTH = 12;

const unusable = (template: string, rule: string): PsoError =>
  new PsoError(
    'parameter-invalid',
    `Parameter nameTemplate="${template.slice(0, 100)}" ${rule}.`,
    'Correct it in the class.',
  );

function valuesOf(clusterId: string, { name, parameters }: CreateVolumeRequest): ReadonlyMap<string, string | null> {
  return new Map([
    ['cluster', clusterId],
    ['namespace', parameters.claim?.namespace ?? null],
    ['claim', parameters.claim?.name ?? null],
    ['pv', parameters.volumeName ?? name],
  ]);
}

function render(template: string, part: TemplatePart, values: ReadonlyMap<string, string | null>): string {
  if (part.kind === 'text') return part.text;
  const value = values.get(part.name);
  if (value === undefined) {
    throw unusable(template, `has no value "${part.name}"; there are ${[...values.keys()].join(', ')}`);
  }
  if (value === null) {
    throw unusable(template, `needs ${part.name}, which a provisioner tells with --extra-create-metadata`);
  }
  return part.filter === 'upper' ? value.toUpperCase() : part.filter === 'lower' ? value.toLowerCase() : value;
}

/**
 * Name on the array: `[realm::][pod::]<cluster>-…`. Deterministic, because a repeat has to find what it made; of a template's
 * text only what fits, closed by a hash of the request's name, so that two claims never share one.
 */
export async function nameOnArray(
  clusterId: string,
  request: CreateVolumeRequest,
  readTemplate: TemplateReader | null,
): Promise<string> {
  const { nameTemplate: template, pod } = request.parameters;
  if (template === null) return `${pod}${volumeName(clusterId, request.name)}`;
  if (!readTemplate) throw unusable(template, 'cannot be read by this build of the driver');
  const parts = await readTemplate(template).catch((error: unknown) => {
    throw unusable(template, `cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  });
  const values = valuesOf(clusterId, request);
  const text = parts.map(part => render(template, part, values)).join('');
  const readable = text.replaceAll(/[^A-Za-z0-9-]+/g, '-').replace(/^-+/, '');
  const hash = createHash('sha256').update(request.name).digest('hex').slice(0, HASH_LENGTH);
  const room = MAX_LENGTH - clusterId.length - HASH_LENGTH - 2;
  const kept = readable.slice(0, room).replace(/-+$/, '');
  return `${pod}${[clusterId, ...(kept === '' ? [] : [kept]), hash].join('-')}`;
}
