import { formatHandle } from '../../domain/volume.ts';
import type { VolumeDetails, VolumeFigures, VolumeLoad } from '../../domain/volume-report.ts';
import { getVolumesPerformance } from '../../rest/flasharray/arrays.ts';
import { getVolumeTags } from '../../rest/flasharray/tags.ts';
import { getVolumes, type VolumeItem } from '../../rest/flasharray/volumes.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { isMissing, translated } from '../errors.ts';
import { spaceFigures } from '../figures.ts';
import { nameLists } from '../name-lists.ts';
import { snapshotsOf } from '../snapshots.ts';
import type { ArrayContext } from './array-context.ts';
import { toVolumeLoad } from './load.ts';
import { publishedNodes } from './publish-volume.ts';
import { fromArrayQos } from './qos.ts';
import { snapshotCalls } from './snapshots.ts';
import { TAG_NAMESPACE } from './tag-entries.ts';

/** Live volumes among `names`: two calls for a hundred of usual length. */
export async function volumeFigures(
  array: ArrayContext,
  names: readonly string[],
  call: RestCall,
): Promise<readonly VolumeFigures[]> {
  return await translated('reading figures of volumes', async () => {
    const arrayId = await array.facts.arrayId(call);
    const parts = nameLists(names).map(async list => {
      const [{ items }, samples] = await Promise.all([
        getVolumes(array.rest, { filter: `name=(${list}) and destroyed='false'` }, call),
        getVolumesPerformance(array.rest, { filter: `name=(${list})` }, call),
      ]);
      const loads = new Map(samples.items.map(sample => [sample.name, toVolumeLoad(sample)]));
      return items
        .filter(item => !item.isDestroyed)
        .map(item => toFigures(arrayId, item, loads.get(item.name) ?? null));
    });
    return (await Promise.all(parts)).flat();
  });
}

const toFigures = (arrayId: string, item: VolumeItem, load: VolumeLoad | null): VolumeFigures => ({
  handle: formatHandle({ arrayId, name: item.name }),
  sizeBytes: item.provisioned,
  ...spaceFigures(item.space),
  qos: fromArrayQos(item.qos),
  load,
});

/** Three calls. */
export async function volumeDetails(array: ArrayContext, name: string, call: RestCall): Promise<VolumeDetails> {
  const [snapshots, nodes, decision] = await Promise.all([
    snapshotsOf(snapshotCalls(array, call), name),
    publishedNodes(array, name, call),
    decisionOf(array, name, call),
  ]);
  return { snapshots, nodes, decision };
}

async function decisionOf(array: ArrayContext, name: string, call: RestCall): Promise<string | null> {
  return await translated(`reading the tags of volume ${name}`, async () => {
    try {
      const tags = await getVolumeTags(array.rest, name, TAG_NAMESPACE, call);
      return tags.find(({ key }) => key === 'decision')?.value ?? null;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  });
}
