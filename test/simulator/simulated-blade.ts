import { BLADE_ANSWERS } from './flashblade/answer-validator.ts';
import type { FileDataPlaneRule } from './flashblade/data-plane.ts';
import type { FlashBladeOptions } from './flashblade/flash-blade.ts';
import { FlashBlade } from './flashblade/flash-blade.ts';
import type { FileSystemRecord } from './flashblade/records.ts';
import type { GivenSettings } from './flashblade/settings.ts';
import { currentAccess } from './flashblade/state.ts';
import type { SimulatedOptions } from './simulated.ts';
import { Simulated } from './simulated.ts';

/** A FlashBlade with its wiring. */
export class SimulatedBlade extends Simulated<FlashBlade> {
  constructor(settings: GivenSettings, options: FlashBladeOptions & SimulatedOptions) {
    super(new FlashBlade(settings, options), BLADE_ANSWERS, options);
  }

  /** Not destroyed. */
  liveFileSystems(): FileSystemRecord[] {
    return Array.from(this.core.state.fileSystems.values()).filter(({ destroyedMs }) => destroyedMs === null);
  }

  /** Who may mount a file system now, by rules or by policy; empty when nobody may, or there is none of that name. */
  accessTo(fileSystemName: string): FileDataPlaneRule[] {
    const fileSystem = this.core.state.fileSystems.find(fileSystemName);
    return fileSystem === undefined ? [] : currentAccess(fileSystem);
  }
}
