/** Part of every route and of the side bar's address; never change it: bookmarks hold it. */
export const PRODUCT = 'pso';
export const PAGES = ['overview', 'arrays', 'classes', 'volumes', 'settings', 'import'] as const;
export type Page = (typeof PAGES)[number];

export const routeName = (page: Page): string => `c-cluster-${PRODUCT}-${page}`;
