import { Dice } from '../simulation/dice.ts';
import { NO_FAULTS } from '../simulation/fault-plan.ts';
import { makeWorld } from '../simulation/world.ts';
import type { Bench } from './bench.ts';
import { round } from './bench.ts';

const HOUR_MS = 3_600_000;
const WARM_UP_MS = 60_000;

async function measure(arrays: number, volumes: number): Promise<{ readonly calls: number; readonly logins: number }> {
  const world = await makeWorld({
    dice: new Dice(1),
    plan: NO_FAULTS,
    scenario: {
      arrays: Array.from({ length: arrays }, (_, index) => ({
        name: `fa${index}`,
        size: '500Ti' as const,
        volumes: Array.from({ length: volumes }, (__, volume) => ({ name: `k8s-pvc-${volume}`, size: '1Gi' as const })),
      })),
    },
  });
  const logins = () => world.arrays.reduce((sum, { core }) => sum + core.sessions.logins, 0);
  const loginsBefore = logins();
  world.startDriver();
  await world.clock.run(() => false, WARM_UP_MS);
  const before = world.arrays.reduce((sum, { log }) => sum + log.total(), 0);
  await world.clock.run(() => false, WARM_UP_MS + HOUR_MS);
  const after = world.arrays.reduce((sum, { log }) => sum + log.total(), 0);
  return { calls: (after - before) / 60 / arrays, logins: (logins() - loginsBefore) / arrays };
}

/** An hour of a driver with nothing to do, in virtual time. */
export const idle: Bench = {
  name: 'idle',
  summary: 'REST calls per minute and array of one idle controller, over an hour of virtual time',
  options: {
    arrays: { value: 10, meaning: 'arrays' },
    volumes: { value: 1000, meaning: 'volumes an array in the second run' },
  },
  run: async ({ arrays = 10, volumes = 1000 }) => {
    const empty = await measure(arrays, 0);
    const full = await measure(arrays, volumes);
    return {
      figures: {
        callsPerMinuteAndArray: round(empty.calls),
        callsPerMinuteAndArrayWithVolumes: round(full.calls),
        loginsPerArray: full.logins,
      },
      bars: {
        callsPerMinuteAndArray: { max: 2.4 },
        callsPerMinuteAndArrayWithVolumes: { max: 2.4 },
        loginsPerArray: { max: 1 },
      },
    };
  },
};
