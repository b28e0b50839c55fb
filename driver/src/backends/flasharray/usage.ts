import { getPastSpace, getVolumesPerformance } from '../../rest/flasharray/arrays.ts';
import { getVolumes } from '../../rest/flasharray/volumes.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import type { UsageOnArray, UsageWishes } from '../backend.ts';
import { translated } from '../errors.ts';
import { readUsage, type UsageReads } from '../usage.ts';
import type { ArrayContext } from './array-context.ts';
import { volumeFigures } from './volume-figures.ts';
import { startsWith } from './volumes.ts';

/** Six calls where the array sorts. */
export async function usage(array: ArrayContext, wishes: UsageWishes, call: RestCall): Promise<UsageOnArray> {
  const filter = startsWith('name', wishes.prefix);
  const reads: UsageReads = {
    past: span => getPastSpace(array.rest, span, call),
    live: wanted => getVolumes(array.rest, { filter: `${filter} and destroyed='false'`, ...wanted }, call),
    performance: wanted => getVolumesPerformance(array.rest, { filter, ...wanted }, call),
    figures: names => volumeFigures(array, names, call),
  };
  return await translated('reading how it fills', () => readUsage(reads, wishes));
}
