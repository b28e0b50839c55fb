import { createHash } from 'node:crypto';
import { PsoError } from '../domain/errors.ts';

/** Longest name of a volume, file system, host or suffix. */
export const MAX_NAME = 63;
const UUID_END = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const shortHash = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** Such a name is never asked for twice, so a destroyed volume may keep it. */
export const endsInUuid = (name: string): boolean => UUID_END.test(name);

/** Cut and trimmed, to leave room for `-` and a suffix. A pod's or group's prefix stays. */
function stemOf(name: string, suffixLength: number): string {
  const start = /^.*(::|\/)/.exec(name)?.[0].length ?? 0;
  const part = name.slice(start, start + MAX_NAME - 1 - suffixLength);
  return name.slice(0, start) + part.replace(/[^A-Za-z0-9]+$/, '');
}

/** `stem-suffix` within the length that arrays allow. */
export const withSuffix = (name: string, suffix: string): string => `${stemOf(name, suffix.length)}-${suffix}`;

const TOMBSTONE_DIGITS = 12;

/** Where a readable name goes before its volume is destroyed. The suffix proves whose tombstone it is. */
export const tombstoneOf = (name: string, serial: string): string =>
  withSuffix(name, shortHash(`${name}\n${serial}`, TOMBSTONE_DIGITS));

/** Wildcard that finds all tombstones of a name, and more: check each with `tombstoneOf`. */
export const tombstonePattern = (name: string): string => `${stemOf(name, TOMBSTONE_DIGITS)}-*`;

/** Purity's rule for snapshot suffixes. */
export function checkedSuffix(suffix: string): string {
  if (/^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(suffix) && /[A-Za-z-]/.test(suffix)) return suffix;
  throw new PsoError(
    'snapshot-name-invalid',
    `Snapshot suffix "${suffix}" cannot be used on an array.`,
    "Use 1 to 63 letters, digits and '-', beginning and ending with a letter or digit, with at least one letter or '-'.",
  );
}

/** `volume.suffix` → its two parts; refuses anything that could name a volume. */
export function snapshotParts(name: string): { readonly volumeName: string; readonly suffix: string } {
  const dot = name.lastIndexOf('.');
  if (dot > 0 && dot < name.length - 1) return { volumeName: name.slice(0, dot), suffix: name.slice(dot + 1) };
  throw new PsoError('snapshot-name-invalid', `"${name}" is not the name of a snapshot.`, 'Use <volume>.<suffix>.');
}
