import { importTypes } from '@rancher/auto-import';
import { CardLocation, type IPlugin, TabLocation, TableColumnLocation } from '@shell/core/types';
import { FLEET_PRODUCT, FLEET_ROUTE, PAGES, PRODUCT, routeName, type Page } from './product-name.ts';
import { cardPlace } from './modules/card-place.ts';
import { DRIVER } from './modules/driver-name.ts';
import { showsArrays } from './known-store.ts';
import './older-hosts/colours.css';
import * as fleetProduct from './fleet-product.ts';
import * as product from './product.ts';
import type { Store } from './rancher/store.ts';

/** Chunks of their own: a page is loaded when it is opened. */
const COMPONENTS: Readonly<Record<Page, () => Promise<unknown>>> = {
  overview: () => import('./pages/OverviewPage.vue'),
  start: () => import('./pages/StartPage.vue'),
  arrays: () => import('./pages/ArraysPage.vue'),
  nodes: () => import('./pages/NodesPage.vue'),
  classes: () => import('./pages/ClassesPage.vue'),
  placement: () => import('./pages/PlacementPage.vue'),
  volumes: () => import('./pages/VolumesPage.vue'),
  recover: () => import('./pages/RecoverPage.vue'),
  settings: () => import('./pages/SettingsPage.vue'),
  import: () => import('./pages/ImportPage.vue'),
};

/** `host` is what every host hands over, though its types do not say so. */
export default function (plugin: IPlugin, host?: { readonly store?: Store }): void {
  importTypes(plugin);
  const store = host?.store;
  if (store) {
    plugin.addL10n('en-us', async () => (await import('./older-hosts/words.ts')).missingWords(store));
  }
  plugin.metadata = require('./package.json');
  plugin.addProduct(product as never);
  plugin.addProduct(fleetProduct as never);
  plugin.addLocale('de', 'Deutsch');
  plugin.addRoutes(
    PAGES.map(page => ({
      name: routeName(page),
      path: `/c/:cluster/${PRODUCT}/${page}`,
      component: COMPONENTS[page],
      meta: { product: PRODUCT },
    })) as never,
  );
  plugin.addRoutes([
    {
      name: FLEET_ROUTE,
      path: `/${FLEET_PRODUCT}/c/:cluster/fleet`,
      component: () => import('./pages/FleetPage.vue'),
      meta: { product: FLEET_PRODUCT, cluster: '_' },
    },
  ] as never);
  // Hosts and pages that know only the older place fall back to it; up to 2.11 it is that of forms, too.
  for (const place of [TabLocation.RESOURCE_DETAIL_PAGE, TabLocation.RESOURCE_DETAIL]) {
    plugin.addTab(place, { resource: ['persistentvolume', 'persistentvolumeclaim'], mode: ['detail'] }, {
      name: 'pso-placement',
      labelKey: 'pso.tabs.volume',
      component: () => import('./components/VolumeTab.vue'),
    } as never);
    plugin.addTab(place, { resource: ['node'], mode: ['detail'] }, {
      name: 'pso-storage',
      labelKey: 'pso.tabs.storage',
      component: () => import('./components/NodeTab.vue'),
    } as never);
  }
  plugin.addCard(
    CardLocation.CLUSTER_DASHBOARD_CARD,
    cardPlace(showsArrays) as never,
    {
      labelKey: 'product.pso',
      component: () => import('./components/ClusterCard.vue'),
    } as never,
  );
  plugin.addTableColumn(TableColumnLocation.RESOURCE, { resource: ['storage.k8s.io.storageclass'] }, {
    name: 'pso-arrays',
    labelKey: 'pso.classes.arraySelector',
    getValue: (row: any) => (row.provisioner === DRIVER ? row.parameters?.arraySelector || '*' : ''),
  } as never);
}
