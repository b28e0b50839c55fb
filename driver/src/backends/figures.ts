import type { VolumeFigures, VolumeLoad } from '../domain/volume-report.ts';
import { quote } from '../rest/query.ts';
import type { Space } from '../rest/space.ts';

/** Of a URL's 8 KiB, what names in a filter may take. */
const MAX_CHARACTERS = 7000;

/** `'a','b'` for filters, as few as fit into URLs. */
export function nameLists(names: readonly string[]): readonly string[] {
  const lists: string[] = [];
  let list = '';
  for (const name of new Set(names)) {
    const longer = list === '' ? quote(name) : `${list},${quote(name)}`;
    const fits = list === '' || encodeURIComponent(longer).length <= MAX_CHARACTERS;
    if (!fits) lists.push(list);
    list = fits ? longer : quote(name);
  }
  return list === '' ? lists : [...lists, list];
}

/** Operations a second, and microseconds that one takes: of reads, of writes, … */
type Kinds = readonly (readonly [number, number])[];

const rateOf = (kinds: Kinds): number => kinds.reduce((sum, [rate]) => sum + rate, 0);

/** Microseconds, weighted by operations. */
export function meanOf(kinds: Kinds): number {
  const rate = rateOf(kinds);
  const total = kinds.reduce((sum, [each, usec]) => sum + each * usec, 0);
  return rate === 0 ? 0 : total / rate;
}

export const loadOf = (kinds: Kinds, bytesPerSecond: number): VolumeLoad => ({
  iops: rateOf(kinds),
  bytesPerSecond,
  latencyMicroseconds: meanOf(kinds),
});

/** Of nothing that is written, arrays tell a reduction of 1, or none. */
export const spaceFigures = (space: Space): Pick<VolumeFigures, 'usedBytes' | 'snapshotBytes' | 'reduction'> => ({
  usedBytes: space.unique,
  snapshotBytes: space.snapshots,
  reduction: space.virtual === 0 ? null : space.dataReduction,
});
