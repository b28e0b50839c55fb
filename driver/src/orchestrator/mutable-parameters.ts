import { PsoError } from '../domain/errors.ts';
import type { VolumeChanges } from '../domain/volume-changes.ts';

type Parameters = Readonly<Record<string, string>>;

/** `tags.<key>` of a class or a VolumeAttributesClass. */
export const TAG_PREFIX = 'tags.';
/** What the driver writes itself: a volume says by them whose it is. */
const OWN_TAGS: ReadonlySet<string> = new Set(['cluster', 'namespace', 'claim', 'pv', 'class', 'decision']);
/** Lengths: Purity REST 2.x, tags. */
const KEY = /^[A-Za-z0-9][\w./-]{0,63}$/;
const MAX_VALUE = 256;
/** Protection groups: letters, digits and `-`, in a pod with its name before `::`. */
const GROUP = /^([A-Za-z0-9][\w-]{0,62}::)?[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

const invalid = (field: string, value: string, rule: string): PsoError =>
  new PsoError('parameter-invalid', `Parameter ${field}="${value.slice(0, 100)}" ${rule}.`, 'Correct it in the class.');

/** Takes `tags.*` out of a map; the rest is for others to read. */
export function splitTags(parameters: Parameters): { readonly tags: Parameters; readonly rest: Parameters } {
  const tags: [string, string][] = [];
  const rest: [string, string][] = [];
  for (const [name, value] of Object.entries(parameters)) {
    if (name.startsWith(TAG_PREFIX)) tags.push([checkedKey(name), checkedValue(name, value)]);
    else rest.push([name, value]);
  }
  return { tags: Object.fromEntries(tags), rest: Object.fromEntries(rest) };
}

function checkedKey(name: string): string {
  const key = name.slice(TAG_PREFIX.length);
  if (OWN_TAGS.has(key)) throw invalid(name, '', 'would replace a tag by which the driver says whose volume it is');
  if (KEY.test(key)) return key;
  throw invalid(name, '', 'has a key that is not 1 to 64 letters, digits and "._/-"');
}

function checkedValue(name: string, value: string): string {
  if (value !== '' && value.length <= MAX_VALUE && !/\p{Cc}/u.test(value)) return value;
  throw invalid(name, value, `is not 1 to ${MAX_VALUE} printable characters`);
}

/** Null: not named. */
export function protectionGroup(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (GROUP.test(text)) return text;
  throw invalid('protection_group', text, 'is no name of a protection group');
}

export const isEmpty = ({ qos, tags, protectionGroup: group, exportPolicy }: VolumeChanges): boolean =>
  Object.keys(qos).length === 0 && Object.keys(tags).length === 0 && group === null && exportPolicy === null;
