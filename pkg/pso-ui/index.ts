import { importTypes } from '@rancher/auto-import';
import type { IPlugin } from '@shell/core/types';
import { PAGES, PRODUCT, routeName, type Page } from './product-name.ts';
import * as product from './product.ts';

/** Chunks of their own: a page is loaded when it is opened. */
const COMPONENTS: Readonly<Record<Page, () => Promise<unknown>>> = {
  overview: () => import('./pages/OverviewPage.vue'),
  arrays: () => import('./pages/ArraysPage.vue'),
  classes: () => import('./pages/ClassesPage.vue'),
  volumes: () => import('./pages/VolumesPage.vue'),
  settings: () => import('./pages/SettingsPage.vue'),
};

export default function (plugin: IPlugin): void {
  importTypes(plugin);
  plugin.metadata = require('./package.json');
  plugin.addProduct(product as never);
  plugin.addLocale('de', 'Deutsch');
  plugin.addRoutes(
    PAGES.map(page => ({
      name: routeName(page),
      path: `/c/:cluster/${PRODUCT}/${page}`,
      component: COMPONENTS[page],
      meta: { product: PRODUCT },
    })) as never,
  );
}
