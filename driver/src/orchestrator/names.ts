import { createHash } from 'node:crypto';

/** FlashArray names: 1…63 of letters, digits, `-`, `_`; first and last a letter or digit; case is not told apart. */
const MAX_LENGTH = 63;
const HASH_LENGTH = 16;
/** Lower case only: two names that differ in case alone would be one on the array. */
const PLAIN = /^[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?$/;

const hashHex = (text: string): string => createHash('sha256').update(text).digest('hex');

const sanitize = (text: string): string =>
  text
    .replaceAll(/[^A-Za-z0-9-]+/g, '-')
    .replace(/^-+/, '')
    .toLowerCase();

/** `<clusterID>-<name>` when the array takes it, else shortened with a hash that keeps different names different. */
export function volumeName(clusterId: string, name: string): string {
  const plain = `${clusterId}-${name}`;
  if (PLAIN.test(name) && plain.length <= MAX_LENGTH) return plain;
  const room = MAX_LENGTH - clusterId.length - HASH_LENGTH - 2;
  const short = sanitize(name).slice(0, room).replace(/-+$/, '');
  return [clusterId, ...(short === '' ? [] : [short]), hashHex(name).slice(0, HASH_LENGTH)].join('-');
}

/** Suffixes: letters, digits and `-`, not only digits; PSO's are `snapshot-<uuid>`. */
export function snapshotSuffix(name: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name) && /[a-z]/.test(name) && name.length <= MAX_LENGTH) return name;
  const short = sanitize(name).slice(0, MAX_LENGTH - HASH_LENGTH - 3);
  return `s-${short}${short === '' || short.endsWith('-') ? '' : '-'}${hashHex(name).slice(0, HASH_LENGTH)}`;
}
