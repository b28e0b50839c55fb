import { isOwnName, parseHandle } from '../domain/volume.ts';
import type { UsagePoint, VolumeFigures } from '../domain/volume-report.ts';
import type { Listing, ListQuery } from '../rest/listing.ts';
import type { PastSpan } from '../rest/past-space.ts';
import type { UsageOnArray, UsageWishes } from './backend.ts';
import { mostOf } from './most-of.ts';

const DAY_MS = 86_400_000;

interface PastSample {
  readonly time: number;
  readonly used: number;
  readonly capacity: number;
}
interface Stored {
  readonly name: string;
  readonly space: { readonly unique: number | null };
}
interface Worked {
  readonly name: string;
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
}

/** What a family of arrays is asked in its own way: volumes or file systems, both by the names of this cluster. */
export interface UsageReads {
  past(span: PastSpan): Promise<readonly PastSample[]>;
  live(wanted: ListQuery): Promise<Listing<Stored>>;
  performance(wanted: ListQuery): Promise<Listing<Worked>>;
  figures(names: readonly string[]): Promise<readonly VolumeFigures[]>;
}

/** Four calls where the array sorts, and those of `figures`. It sorts by reads or by writes, not by their sum: the busiest are those of both lists. */
export async function readUsage(reads: UsageReads, wishes: UsageWishes): Promise<UsageOnArray> {
  const { most } = wishes;
  const [past, large, reading, writing] = await Promise.all([
    reads.past(dailySpan(wishes)),
    mostOf(wanted => reads.live(wanted), { by: 'space.unique', amount: ({ space }) => space.unique ?? 0, most }),
    mostOf(wanted => reads.performance(wanted), { by: 'reads_per_sec', amount: one => one.readsPerSecond, most }),
    mostOf(wanted => reads.performance(wanted), { by: 'writes_per_sec', amount: one => one.writesPerSecond, most }),
  ]);
  const names = [...large, ...reading, ...writing].map(({ name }) => name);
  return { history: toPoints(past), ...rank(await reads.figures(names), wishes) };
}

/** As arrays want it: a sample a day. */
const dailySpan = ({ startMs, endMs }: UsageWishes): PastSpan => ({
  start_time: Math.round(startMs),
  end_time: Math.round(endMs),
  resolution: DAY_MS,
});

const toPoints = (samples: readonly PastSample[]): readonly UsagePoint[] =>
  samples
    .map(({ time, used, capacity }) => ({ atMs: time, usedBytes: used, totalBytes: capacity }))
    .sort((a, b) => a.atMs - b.atMs);

/** The largest and the busiest of some; idle ones are not busy. */
export function rank(
  figures: readonly VolumeFigures[],
  { prefix, most }: UsageWishes,
): Pick<UsageOnArray, 'largest' | 'busiest'> {
  const own = figures.filter(({ handle }) => isOwnName(parseHandle(handle)?.name ?? '', prefix));
  const iops = ({ load }: VolumeFigures): number => load?.iops ?? 0;
  return {
    largest: own.toSorted((a, b) => (b.usedBytes ?? 0) - (a.usedBytes ?? 0)).slice(0, most),
    busiest: own
      .filter(one => iops(one) > 0)
      .sort((a, b) => iops(b) - iops(a))
      .slice(0, most),
  };
}
