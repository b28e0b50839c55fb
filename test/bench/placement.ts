import { place } from '../../driver/src/placement/place.ts';
import { DEFAULT_POLICY } from '../../driver/src/placement/framework.ts';
import type { PlacementRequest } from '../../driver/src/placement/framework.ts';
import { parseLabelSelector } from '../../driver/src/placement/label-selector.ts';
import type { ArrayState, FleetSnapshot } from '../../driver/src/domain/array.ts';
import { Dice } from '../simulation/dice.ts';
import type { Bench } from './bench.ts';
import { quantile, round } from './bench.ts';

const TIB = 2 ** 40;
const GIB = 2 ** 30;

function arrayState(index: number, dice: Dice): ArrayState {
  const totalBytes = dice.pick([60, 120, 250, 500]) * TIB;
  const name = `fa${index}`;
  return {
    settings: {
      endpoint: `${name}.example.net`,
      kind: 'flasharray',
      labels: { env: dice.pick(['dev', 'prod']), tier: dice.pick(['gold', 'silver']) },
      cordoned: false,
    },
    trouble: null,
    observation: {
      identity: {
        id: dice.uuid(), name, kind: 'flasharray', model: 'FA-X70R4', purityVersion: '6.9.2', restVersion: '2.44',
      }, // prettier-ignore
      capacity: {
        totalBytes,
        usedBytes: totalBytes * dice.between(0.15, 0.6),
        provisionedBytes: totalBytes * dice.between(0.5, 3),
      },
      load: {
        iops: dice.between(8_000, 160_000),
        bytesPerSecond: dice.between(0, 4e9),
        latencyMicroseconds: dice.between(200, 900),
        queueMicroseconds: dice.between(0, 200),
      },
      protocols: ['iscsi'],
      supportsQos: true,
      warnings: [],
      observedAtMs: 0,
    },
  };
}

/** Time of one decision, explanation and all, over a large fleet. */
export const placement: Bench = {
  name: 'placement',
  summary: 'milliseconds of one placement decision over many arrays, with a label selector',
  options: {
    arrays: { value: 100, meaning: 'arrays of the fleet' },
    decisions: { value: 5000, meaning: 'how many are timed' },
    seed: { value: 1, meaning: 'of fleet and draws' },
  },
  run: ({ arrays = 100, decisions = 5000, seed = 1 }) => {
    const dice = new Dice(seed);
    const snapshot: FleetSnapshot = Object.freeze({
      takenAtMs: 0,
      arrays: Array.from({ length: arrays }, (_, index) => arrayState(index, dice)),
    });
    const request: PlacementRequest = {
      name: 'pvc-1',
      sizeBytes: 100 * GIB,
      kinds: ['flasharray', 'cloud-block-store'],
      selector: parseLabelSelector('env in (dev,prod),tier!=bronze'),
      preferred: [],
      topology: { requisite: [], preferred: [] },
      protocols: ['iscsi'],
      needsQos: false,
    };
    const reserved = Object.fromEntries(
      snapshot.arrays.map(({ settings }) => [
        settings.endpoint,
        { bytes: dice.between(0, TIB), volumes: dice.whole(0, 9) },
      ]),
    );
    const input = { request, policy: DEFAULT_POLICY, snapshot, reserved, nowMs: 1000, random: dice.random };
    for (let warm = 0; warm < 500; warm += 1) place(input);
    const samples = Array.from({ length: decisions }, () => {
      const started = performance.now();
      if (place(input).chosen === null) throw new Error('nothing was chosen');
      return performance.now() - started;
    });
    return Promise.resolve({
      figures: { decisionMsP50: round(quantile(samples, 0.5), 4), decisionMsP99: round(quantile(samples, 0.99), 4) },
      bars: { decisionMsP50: { max: 0.2 } },
    });
  },
};
