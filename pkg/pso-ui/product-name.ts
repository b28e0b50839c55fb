/** Part of every route and of the side bar's address; never change it: bookmarks hold it. */
export const PRODUCT = 'pso';
export const PAGES = [
  'overview',
  'start',
  'arrays',
  'nodes',
  'classes',
  'placement',
  'volumes',
  'recover',
  'settings',
  'import',
] as const;
export type Page = (typeof PAGES)[number];

export const routeName = (page: Page): string => `c-cluster-${PRODUCT}-${page}`;

/** The product at the top level, over all clusters. */
export const FLEET_PRODUCT = 'pso-fleet';
export const FLEET_ROUTE = `${FLEET_PRODUCT}-c-cluster-fleet`;
