import type { JsonObject } from '../../common/json.ts';
import { byDestroyed, named } from '../../common/select.ts';
import { sampleTimes } from '../../common/sample-times.ts';
import { list } from '../listing.ts';
import { performanceItem, spaceItem, sumVolumes, volumeIops } from '../load-model.ts';
import type { Call, Plan } from '../plan.ts';
import type { VolumeGroupRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { volumesIn, VOLUME_GROUP_MISSING } from './volume-groups.ts';
import { context, reference } from './volume-items.ts';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly group: VolumeGroupRecord;
  readonly time: number;
}

function rows(state: ArrayState, call: Call): Row[] {
  const chosen = named(call, state.volumeGroups, VOLUME_GROUP_MISSING);
  const groups = byDestroyed(call, state.volumeGroups.values(), chosen, VOLUME_GROUP_MISSING);
  const times = sampleTimes(call);
  return Array.from(groups).flatMap(group => times.map(time => ({ id: group.id, name: group.name, group, time })));
}

export function getVolumeGroupsSpace(state: ArrayState, call: Call): Plan {
  return list(call, rows(state, call), ({ group, time }) => ({
    ...reference(group),
    space: spaceItem(sumVolumes(volumesIn(state, group), time)),
    time,
    context: context(state),
  }));
}

export function getVolumeGroupsPerformance(state: ArrayState, call: Call): Plan {
  return list(call, rows(state, call), ({ group, time }): JsonObject => {
    const iops = volumesIn(state, group).reduce((sum, volume) => sum + volumeIops(state, volume, time), 0);
    const work = performanceItem({ iops, latencyUsec: 200, opBytes: 16_384 }, time);
    return { ...reference(group), ...work, context: context(state) };
  });
}
