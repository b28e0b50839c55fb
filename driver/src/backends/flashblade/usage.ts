import { getFileSystemsPerformance, getPastSpace } from '../../rest/flashblade/arrays.ts';
import { getFileSystems } from '../../rest/flashblade/file-systems.ts';
import { quote } from '../../rest/query.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import type { UsageOnArray, UsageWishes } from '../backend.ts';
import { translated } from '../errors.ts';
import { readUsage, type UsageReads } from '../usage.ts';
import type { BladeContext } from './blade-context.ts';
import { fileSystemFigures } from './file-system-figures.ts';

/** Six calls where the array sorts, seven with limits. */
export async function usage(array: BladeContext, wishes: UsageWishes, call: RestCall): Promise<UsageOnArray> {
  const filter = `name=${quote(`${wishes.prefix}*`)}`;
  const reads: UsageReads = {
    past: span => getPastSpace(array.rest, span, call),
    live: wanted => getFileSystems(array.rest, { filter: `${filter} and destroyed='false'`, ...wanted }, call),
    performance: wanted => getFileSystemsPerformance(array.rest, { filter, ...wanted }, call),
    figures: names => fileSystemFigures(array, names, call),
  };
  return await translated('reading how it fills', () => readUsage(reads, wishes));
}
