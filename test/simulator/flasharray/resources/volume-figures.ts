import type { JsonObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import { performanceItem, volumeIops } from '../load-model.ts';
import type { Call, Plan } from '../plan.ts';
import type { VolumeRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { VOLUME_MISSING } from '../state.ts';
import { byDestroyed, named } from '../../common/select.ts';
import { sampleTimes } from '../../common/sample-times.ts';
import { context, reference, volumeSpace } from './volume-items.ts';

interface Row {
  readonly name: string;
  readonly id: string;
  readonly volume: VolumeRecord;
  readonly time: number;
}

function rows(state: ArrayState, call: Call): Row[] {
  const chosen = named(call, state.volumes, VOLUME_MISSING);
  const times = sampleTimes(call);
  return Array.from(byDestroyed(call, state.volumes.values(), chosen, VOLUME_MISSING)).flatMap(volume =>
    times.map(time => ({ name: volume.name, id: volume.id, volume, time })),
  );
}

export function getVolumesSpace(state: ArrayState, call: Call): Plan {
  const build = ({ volume, time }: Row): JsonObject => ({
    ...reference(volume),
    space: volumeSpace(volume, time),
    time,
    context: context(state),
  });
  return list(call, rows(state, call), build);
}

export function getVolumesPerformance(state: ArrayState, call: Call): Plan {
  const build = ({ volume, time }: Row): JsonObject => ({
    ...reference(volume),
    ...performanceItem({ iops: volumeIops(state, volume, time), latencyUsec: 200, opBytes: 16_384 }, time),
    context: context(state),
  });
  return list(call, rows(state, call), build);
}
