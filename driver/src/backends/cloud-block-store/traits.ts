import type { ArrayKind } from '../../domain/array.ts';

/*
 * A Cloud Block Store runs Purity//FA on machines of a cloud and is served by the FlashArray's backend. What differs is
 * read, not assumed: its ports say which protocols it speaks (two iSCSI portals, never Fibre Channel), its capacity may grow
 * in steps and is read with each poll, and region and zone are labels that the administrator gives it in the values, as for
 * any array.
 */

/** Controller models of Purity REST 2.x, e.g. `CBS-V20MP2R2`; `os` does not tell the two apart. */
export const kindOfModel = (model: string): Exclude<ArrayKind, 'flashblade'> =>
  /\bCBS\b/i.test(model) ? 'cloud-block-store' : 'flasharray';
