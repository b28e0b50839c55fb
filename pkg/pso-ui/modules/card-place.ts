/** Of no cluster: Rancher makes ids of letters, digits and dashes. */
const NOWHERE = '.';

/**
 * Where a card on clusters' pages stands, as Rancher's extension API takes it. It is read each time such a page is opened,
 * so that a cluster without our kinds gets no card, not even an empty frame.
 */
export const cardPlace = (isThere: () => boolean): { readonly cluster: readonly string[] } => ({
  get cluster() {
    return isThere() ? [] : [NOWHERE];
  },
});
