import type { ArrayCapacity, ArrayKind, ArrayLoad, Labels, Protocol } from '../domain/array.ts';
import type { CandidateScores, Refusal, Reserved } from './framework.ts';

/** One array as the placement saw it, before the first of the claims. */
export interface WhatIfArray {
  /** Its key: candidates name it. */
  readonly endpoint: string;
  readonly name: string;
  readonly kind: ArrayKind;
  readonly labels: Labels;
  readonly cordoned: boolean;
  readonly trouble: string | null;
  /** These four are null, or empty, for an array that was never reached. */
  readonly capacity: ArrayCapacity | null;
  readonly load: ArrayLoad | null;
  readonly protocols: readonly Protocol[];
  readonly dataAgeMs: number | null;
  readonly supportsQos: boolean;
  /** Promised to it lately by the process that was asked. */
  readonly reserved: Reserved;
}

export interface WhatIfCandidate {
  readonly endpoint: string;
  readonly refusal: Refusal | null;
  readonly scores: CandidateScores | null;
  readonly tier: number;
  /** 0 to 1: how likely this claim lands here, given where those before it went. */
  readonly chance: number;
}

export interface WhatIfClaim {
  /** Endpoints; null when no array fits, or no second one. */
  readonly chosen: string | null;
  readonly runnerUp: string | null;
  /** What the claim's event would say. */
  readonly sentence: string;
  readonly candidates: readonly WhatIfCandidate[];
}

/** Where claims would go, each with every candidate. Sizes in bytes. */
export interface WhatIfAnswer {
  /** Asked again with it, while the figures are the same, the answer is the same. */
  readonly seed: number;
  readonly isImagined: boolean;
  /** Of each volume, as it would be made. */
  readonly sizeBytes: number;
  /** What each volume is expected to fill. */
  readonly expectedBytes: number;
  readonly maxUsedPercent: number;
  readonly arrays: readonly WhatIfArray[];
  readonly claims: readonly WhatIfClaim[];
}
