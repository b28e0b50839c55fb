import type { IPlugin } from '@shell/core/types';
import { FLEET_PRODUCT, FLEET_ROUTE } from './product-name.ts';

/** Beside the clusters, at the top level: all clusters' arrays. */
export function init(plugin: IPlugin, store: unknown): void {
  const { product, basicType, virtualType } = plugin.DSL(store as never, FLEET_PRODUCT);
  const route = { name: FLEET_ROUTE, params: { cluster: '_', product: FLEET_PRODUCT } };

  product({
    icon: 'storage',
    inStore: 'management',
    category: 'global',
    weight: 80,
    showNamespaceFilter: false,
    showClusterSwitcher: false,
    removable: false,
    to: route,
  } as never);
  virtualType({ name: 'fleet', labelKey: 'pso.nav.fleet', namespaced: false, weight: 100, route } as never);
  basicType(['fleet']);
}
