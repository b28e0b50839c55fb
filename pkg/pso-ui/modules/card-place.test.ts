import { describe, expect, it } from '@jest/globals';
import { cardPlace } from './card-place.ts';

/** As Rancher reads a place: without a key it is everywhere, else one of the names must fit. */
const isShownIn = (cluster: string, place: { readonly cluster: readonly string[] }): boolean =>
  Object.keys(place).length === 0 || place.cluster.length === 0 || place.cluster.includes(cluster);

describe('the card on the page of a cluster', () => {
  it('is there from the moment on that the cluster knows our kinds, and goes with them', () => {
    let isThere = false;
    const place = cardPlace(() => isThere);
    expect(isShownIn('local', place)).toBe(false);
    isThere = true;
    expect(['local', 'c-m-1'].map(cluster => isShownIn(cluster, place))).toEqual([true, true]);
    isThere = false;
    expect(isShownIn('local', place)).toBe(false);
  });
});
