import type { ArrayCapacity, ArrayKind, ArrayLoad, ArrayState, Labels, Protocol } from '../domain/array.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import { seededRandom } from '../lib/random.ts';
import { expectedBytes } from '../placement/framework.ts';
import type { PlacementPolicy, TopologyWish } from '../placement/framework.ts';
import { placeInTurn, tellArray, tellClaim } from '../placement/what-if.ts';
import type { WhatIfAnswer } from '../placement/what-if-answer.ts';
import type { Fleet } from './fleet.ts';
import type { ClassParameters } from './parameters.ts';
import { toPlacement } from './placement-request.ts';
import type { Reservations } from './reservations.ts';
import { volumeSize } from './volume-size.ts';

/** An array that somebody thinks of. Its figures are taken as of now. */
export interface ImaginedArray {
  readonly endpoint: string;
  readonly name: string;
  readonly kind: ArrayKind;
  readonly labels: Labels;
  readonly cordoned: boolean;
  /** Null: it works. */
  readonly trouble: string | null;
  readonly capacity: ArrayCapacity;
  readonly load: ArrayLoad | null;
  /** Null: those that the nodes use. */
  readonly protocols: readonly Protocol[] | null;
  readonly supportsQos: boolean;
}

export interface WhatIfQuestion {
  readonly parameters: ClassParameters;
  readonly sizeBytes: number;
  readonly count: number;
  readonly topology: TopologyWish;
  /** 0 to 2^32 - 1; null: any. */
  readonly seed: number | null;
  /** Null: the fleet as it is. */
  readonly imagined: readonly ImaginedArray[] | null;
}

export interface WhatIfParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly fleet: Fleet;
  readonly reservations: Reservations;
  readonly policy: PlacementPolicy;
  readonly protocols: readonly Protocol[];
}

/** Right after a start, as a real claim waits. */
const FIRST_FIGURES_MS = 3000;

/** Where claims would go, by the placement that real ones go through. Reserves nothing, asks no array, writes nothing. */
export class WhatIf {
  readonly #parts: WhatIfParts;

  constructor(parts: WhatIfParts) {
    this.#parts = parts;
  }

  async ask(question: WhatIfQuestion): Promise<WhatIfAnswer> {
    const { clock, random, policy, protocols, reservations } = this.#parts;
    const sizeBytes = volumeSize(question.sizeBytes, null);
    const wish = { name: 'what-if', sizeBytes, topology: question.topology };
    const request = toPlacement(question.parameters, protocols, wish);
    const seed = question.seed ?? Math.floor(random() * 2 ** 32);
    const arrays = await this.#arrays(question.imagined);
    const nowMs = clock.nowMs();
    const reserved = question.imagined ? {} : reservations.sums();
    const snapshot = { takenAtMs: nowMs, arrays };
    const input = { request, policy, snapshot, reserved, nowMs, random: seededRandom(seed) };
    return {
      seed,
      isImagined: question.imagined !== null,
      sizeBytes,
      expectedBytes: expectedBytes(sizeBytes, policy),
      maxUsedPercent: policy.maxUsedPercent,
      arrays: arrays.map(array => tellArray(array, reserved[array.settings.endpoint], nowMs)),
      claims: placeInTurn(input, question.count).map(tellClaim),
    };
  }

  async #arrays(imagined: readonly ImaginedArray[] | null): Promise<readonly ArrayState[]> {
    const { fleet, clock, protocols } = this.#parts;
    if (imagined) return imagined.map(array => toState(array, protocols, clock.nowMs()));
    await fleet.whenAsked(FIRST_FIGURES_MS);
    return fleet.snapshot().arrays;
  }
}

function toState(array: ImaginedArray, protocols: readonly Protocol[], observedAtMs: number): ArrayState {
  const { endpoint, name, kind, labels, cordoned, trouble, capacity, load, supportsQos } = array;
  const identity = { id: endpoint, name, kind, model: '', purityVersion: '', restVersion: '' };
  return {
    settings: { endpoint, kind, labels, cordoned },
    observation: {
      identity,
      capacity,
      load,
      protocols: array.protocols ?? (kind === 'flashblade' ? ['nfs'] : protocols),
      supportsQos,
      warnings: [],
      observedAtMs,
    },
    trouble,
  };
}
