import type { Item } from './fields.ts';

/** What a volume or file system takes (REST `space`): bytes; null where the array does not say. */
export interface Space {
  /** Physical, of its own data. */
  readonly unique: number | null;
  /** Physical, of its snapshots alone. */
  readonly snapshots: number | null;
  /** Written, before reduction. */
  readonly virtual: number | null;
  /** Ratio. */
  readonly dataReduction: number | null;
}

export function spaceOf(item: Item): Space {
  const space = item.object('space');
  return {
    unique: space.numberOrNull('unique'),
    snapshots: space.numberOrNull('snapshots'),
    virtual: space.numberOrNull('virtual'),
    dataReduction: space.numberOrNull('data_reduction'),
  };
}
