import type { Item } from './fields.ts';

/** Of an array's own history. Since the epoch, and between samples: milliseconds. */
export interface PastSpan {
  readonly start_time: number;
  readonly end_time: number;
  readonly resolution: number;
}

/** Samples with their times, milliseconds since the epoch on the array's clock; what has none is of no use. */
export const pastOf = <Space>(
  items: readonly Item[],
  toSpace: (item: Item) => Space,
): readonly (Space & { readonly time: number })[] =>
  items.flatMap(item => {
    const time = item.numberOrNull('time');
    return time === null ? [] : [{ ...toSpace(item), time }];
  });
