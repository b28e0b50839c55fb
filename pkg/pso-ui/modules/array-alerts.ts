import type { Health, StorageArray } from './storage-array.ts';

/** Health by the object's name, as it was seen last. */
export type SeenHealth = ReadonlyMap<string, Health>;

export interface ArrayAlert {
  readonly id: string;
  readonly name: string;
  readonly kind: 'trouble' | 'recovered';
  /** The driver's sentence; empty for a recovery. */
  readonly sentence: string;
  /** When the array last answered; the same for as long as a trouble lasts. Empty: never. */
  readonly since: string;
}

export const seenHealth = (arrays: readonly StorageArray[]): SeenHealth =>
  new Map(arrays.flatMap(({ metadata, status }) => (status?.health ? [[metadata.name, status.health] as const] : [])));

/**
 * What a person should hear of. Of what was not seen before trouble is told, and nothing else; an array that goes away is
 * nobody's trouble any more.
 */
export function alertsBetween(before: SeenHealth, arrays: readonly StorageArray[]): readonly ArrayAlert[] {
  return arrays.flatMap(({ metadata, status }): readonly ArrayAlert[] => {
    const was = before.get(metadata.name);
    const alert = {
      id: metadata.name,
      name: status?.arrayName ?? metadata.name,
      since: status?.observedAt ?? '',
    };
    if (status?.health === 'Trouble') {
      return was === 'Trouble' ? [] : [{ ...alert, kind: 'trouble', sentence: status.trouble ?? '' }];
    }
    return was === 'Trouble' && status?.health ? [{ ...alert, kind: 'recovered', sentence: '' }] : [];
  });
}
