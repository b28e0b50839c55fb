import type { ArrayKind, ArrayObservation, ArrayState, Labels, Protocol } from '../domain/array.ts';
import type { LabelSelector } from './label-selector.ts';

/** Where a volume must and should be reachable from; segments by topology key, as CSI's TopologyRequirement. */
export interface TopologyWish {
  /** Any one of these; empty: no constraint. */
  readonly requisite: readonly Labels[];
  /** In order of preference. */
  readonly preferred: readonly Labels[];
}

export interface PlacementRequest {
  readonly name: string;
  readonly sizeBytes: number;
  readonly kinds: readonly ArrayKind[];
  readonly selector: LabelSelector;
  /** Arrays that meet it come before the others, where the topology prefers neither. */
  readonly preferred: LabelSelector;
  readonly topology: TopologyWish;
  /** Any of these will do. */
  readonly protocols: readonly Protocol[];
  readonly needsQos: boolean;
}

export interface PlacementPolicy {
  /** An array that would be fuller than this gets no volume. */
  readonly maxUsedPercent: number;
  /** Older observations are not trusted. */
  readonly maxDataAgeMs: number;
  /** Share of a volume's size that is expected to be written; thin provisioning and data reduction save the rest. */
  readonly expectedFill: number;
  /** Expected share of an array's performance that one more volume takes. */
  readonly expectedLoad: number;
  /** Arrays whose cost is within this of the best are near-equals, among which chance spreads the load. */
  readonly nearEqualBand: number;
}

export const DEFAULT_POLICY: PlacementPolicy = Object.freeze({
  maxUsedPercent: 90,
  maxDataAgeMs: 5 * 60_000,
  expectedFill: 0.5,
  expectedLoad: 0.002,
  nearEqualBand: 0.25,
});

/** What a volume of that size will hold one day, as far as anybody can tell before. */
export const expectedBytes = (sizeBytes: number, policy: PlacementPolicy): number => sizeBytes * policy.expectedFill;

/** What was promised to an array and is not yet visible in its observation. Only a hint: it may be lost or doubled. */
export interface Reserved {
  readonly bytes: number;
  readonly volumes: number;
}

export const NOTHING_RESERVED: Reserved = Object.freeze({ bytes: 0, volumes: 0 });

/** One array as a filter or a score sees it. */
export interface Candidate {
  readonly array: ArrayState;
  readonly reserved: Reserved;
  /** Null when it was never observed. */
  readonly dataAgeMs: number | null;
}

export interface ObservedCandidate extends Candidate {
  readonly observation: ArrayObservation;
}

/** Null: fits. Else why not, as a sentence without the array's name. */
export interface Filter {
  readonly name: string;
  /** `capacity` and `topology` refusals may be cured by another node; `health` by waiting; `kind` by neither. */
  readonly class: 'kind' | 'health' | 'topology' | 'capacity';
  refuse(request: PlacementRequest, candidate: Candidate, policy: PlacementPolicy): string | null;
}

/** 0 is idle or empty, 1 is full; a cost, so that the largest one limits. */
export interface Score {
  readonly name: string;
  cost(request: PlacementRequest, candidate: ObservedCandidate, policy: PlacementPolicy): number;
}

/** Shares between 0 and 1; `cost` decides, smaller is better. */
export interface CandidateScores {
  readonly space: number;
  readonly load: number;
  readonly provisioned: number;
  readonly cost: number;
}

export interface Refusal {
  readonly filter: string;
  readonly class: Filter['class'];
  readonly sentence: string;
}

/** Label that every array has, so that a class can ask for metal or cloud: `flasharray`, `flashblade`, `cloud-block-store`. */
const KIND_LABEL = 'pure-pso.io/kind';

export const kindOf = ({ observation, settings }: ArrayState): ArrayKind => observation?.identity.kind ?? settings.kind;

/** What selectors see. */
export const labelsOf = (array: ArrayState): Labels => ({ [KIND_LABEL]: kindOf(array), ...array.settings.labels });

export const arrayName = (array: ArrayState): string => array.observation?.identity.name ?? array.settings.endpoint;
