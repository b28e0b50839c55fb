import { versionsUpTo } from './common/api-facts.ts';
import type { SimClock } from './common/sim-clock.ts';
import { PUBLISHED_VERSIONS } from './flashblade/api-facts.ts';
import type { FileDataPlane } from './flashblade/data-plane.ts';
import type { Settings } from './flashblade/settings.ts';
import { completeSettings } from './flashblade/settings.ts';
import type { Scenario, ScenarioBlade } from './scenario.ts';
import { SimulatedBlade } from './simulated-blade.ts';

/** A scenario's FlashBlade in memory, for simulations without sockets. */
export function createBlade(
  given: ScenarioBlade,
  scenario: Pick<Scenario, 'latencyMs' | 'faults'>,
  options: { readonly clock: SimClock; readonly fileDataPlane?: FileDataPlane; readonly validates?: boolean },
): SimulatedBlade {
  const blade = new SimulatedBlade(settingsOf(given), { ...options, latencyMs: given.latencyMs ?? scenario.latencyMs });
  blade.isDown = given.isDown;
  for (const { array: name, ...rule } of scenario.faults) {
    if (name === undefined || name.toLowerCase() === given.name.toLowerCase()) blade.faults.add(rule);
  }
  return blade;
}

function settingsOf(given: ScenarioBlade): Settings {
  const complete = completeSettings(
    {
      name: given.name,
      capacityBytes: given.size,
      fill: given.fill,
      load: given.load,
      ...(given.maxIops === undefined ? {} : { maxIops: given.maxIops }),
      ...(given.fileSystemIops === undefined ? {} : { fileSystemIops: given.fileSystemIops }),
      ...(given.model === undefined ? {} : { model: given.model }),
      ...(given.seed === undefined ? {} : { seed: given.seed }),
      ...(given.dataAddress === undefined ? {} : { dataAddress: given.dataAddress }),
      ...(given.restVersion === undefined ? {} : { versions: versionsUpTo(given.restVersion, PUBLISHED_VERSIONS) }),
    },
    PUBLISHED_VERSIONS,
  );
  const tokens = complete.tokens.map(one => ({
    ...one,
    token: (one.role === 'admin' ? given.token : given.readonlyToken) ?? one.token,
  }));
  return { ...complete, tokens };
}
