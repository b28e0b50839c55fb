import type { WhatIfAnswer } from '../../../driver/src/placement/what-if-answer.ts';

/** One array of the picture. Shares are parts of its capacity, 0 to 1, and together at most 1. */
export interface FleetBar {
  readonly endpoint: string;
  readonly name: string;
  readonly used: number;
  readonly reserved: number;
  /** What the claims of this answer are expected to fill. */
  readonly added: number;
  /** Numbers of the claims that landed here, from 1. */
  readonly claims: readonly number[];
  /** Why the selected claim cannot be here; empty where it could. */
  readonly refusal: string;
  /** Null: it never told its size. */
  readonly totalBytes: number | null;
  readonly usedBytes: number;
}

const within = (value: number, most: number): number => Math.max(0, Math.min(value, most));

/** The fleet before and after, an array each, in the driver's order. */
export function fleetBars({ arrays, claims, expectedBytes }: WhatIfAnswer, selected: number): readonly FleetBar[] {
  const reasons = new Map(claims[selected]?.candidates.map(({ endpoint, refusal }) => [endpoint, refusal?.sentence]));
  return arrays.map(({ endpoint, name, capacity, reserved }) => {
    const landed = claims.flatMap(({ chosen }, index) => (chosen === endpoint ? [index + 1] : []));
    const share = (bytes: number): number => (capacity && capacity.totalBytes > 0 ? bytes / capacity.totalBytes : 0);
    const used = within(share(capacity?.usedBytes ?? 0), 1);
    const promised = within(share(reserved.bytes), 1 - used);
    return {
      endpoint,
      name,
      used,
      reserved: promised,
      added: within(share(landed.length * expectedBytes), 1 - used - promised),
      claims: landed,
      refusal: reasons.get(endpoint) ?? '',
      totalBytes: capacity?.totalBytes ?? null,
      usedBytes: capacity?.usedBytes ?? 0,
    };
  });
}

/** How many claims no array takes. */
export const homeless = ({ claims }: WhatIfAnswer): number => claims.filter(({ chosen }) => chosen === null).length;
