import { ARRAY_ANSWERS } from './flasharray/answer-validator.ts';
import type { FlashArrayOptions } from './flasharray/flash-array.ts';
import { FlashArray } from './flasharray/flash-array.ts';
import type { ConnectionRecord, VolumeRecord } from './flasharray/records.ts';
import type { GivenSettings } from './flasharray/settings.ts';
import type { SimulatedOptions } from './simulated.ts';
import { Simulated } from './simulated.ts';

export type SimulatedArrayOptions = FlashArrayOptions & SimulatedOptions;

/** A FlashArray (or Cloud Block Store) with its wiring. */
export class SimulatedArray extends Simulated<FlashArray> {
  constructor(settings: GivenSettings, options: SimulatedArrayOptions) {
    let isUp = (): boolean => true;
    super(new FlashArray(settings, { ...options, isUp: () => isUp() }), ARRAY_ANSWERS, options);
    isUp = (): boolean => !this.isDown;
  }

  /** Not destroyed. */
  liveVolumes(): VolumeRecord[] {
    return Array.from(this.core.state.volumes.values()).filter(({ destroyedMs }) => destroyedMs === null);
  }

  /** Of a volume (live or destroyed); empty when there is none of that name. */
  connectionsOf(volumeName: string): ConnectionRecord[] {
    return [...(this.core.state.volumes.find(volumeName)?.connections ?? [])];
  }
}
