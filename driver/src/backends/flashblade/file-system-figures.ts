import { formatHandle } from '../../domain/volume.ts';
import type { QosLimits } from '../../domain/volume.ts';
import type { VolumeDetails, VolumeFigures, VolumeLoad } from '../../domain/volume-report.ts';
import { getFileSystemsPerformance } from '../../rest/flashblade/arrays.ts';
import { getFileSystems, type FileSystemItem } from '../../rest/flashblade/file-systems.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { translated } from '../errors.ts';
import { spaceFigures } from '../figures.ts';
import { nameLists } from '../name-lists.ts';
import { snapshotsOf } from '../snapshots.ts';
import type { BladeContext } from './blade-context.ts';
import { toVolumeLoad } from './load.ts';
import { publishedNodes } from './publish-file-system.ts';
import { limitsByPolicy, NO_LIMITS } from './qos.ts';
import { snapshotCalls } from './snapshots.ts';

/** Live file systems among `names`: two calls for a hundred of usual length, and one more where some have limits. */
export async function fileSystemFigures(
  array: BladeContext,
  names: readonly string[],
  call: RestCall,
): Promise<readonly VolumeFigures[]> {
  return await translated('reading figures of file systems', async () => {
    const arrayId = await array.facts.arrayId(call);
    const parts = nameLists(names).map(async list => {
      const [{ items }, samples] = await Promise.all([
        getFileSystems(array.rest, { filter: `name=(${list}) and destroyed='false'` }, call),
        getFileSystemsPerformance(array.rest, { filter: `name=(${list})` }, call),
      ]);
      const live = items.filter(item => !item.isDestroyed);
      const loads = new Map(samples.items.map(sample => [sample.name, toVolumeLoad(sample)]));
      const limits = await limitsByPolicy(
        array,
        live.flatMap(({ qosPolicy }) => qosPolicy ?? []),
        call,
      );
      return live.map(item =>
        toFigures(arrayId, item, limits.get(item.qosPolicy ?? '') ?? NO_LIMITS, loads.get(item.name) ?? null),
      );
    });
    return (await Promise.all(parts)).flat();
  });
}

const toFigures = (arrayId: string, item: FileSystemItem, qos: QosLimits, load: VolumeLoad | null): VolumeFigures => ({
  handle: formatHandle({ arrayId, name: item.name }),
  sizeBytes: item.provisioned ?? 0,
  ...spaceFigures(item.space),
  qos,
  load,
});

/** Two calls. A FlashBlade keeps no tags, so no decision was written there. */
export async function fileSystemDetails(array: BladeContext, name: string, call: RestCall): Promise<VolumeDetails> {
  const [snapshots, nodes] = await Promise.all([
    snapshotsOf(snapshotCalls(array, call), name),
    publishedNodes(array, name, call),
  ]);
  return { snapshots, nodes, decision: null };
}
