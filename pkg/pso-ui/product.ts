import type { IPlugin } from '@shell/core/types';
import { knowStore } from './known-store.ts';
import { PAGES, PRODUCT, routeName } from './product-name.ts';

/** The legacy DSL: the declarative API exists on hosts from 2.15 only and is called experimental there. */
export function init(plugin: IPlugin, store: unknown): void {
  const { product, basicType, virtualType } = plugin.DSL(store as never, PRODUCT);
  knowStore(store as never);

  product({
    icon: 'storage',
    inStore: 'cluster',
    weight: 90,
    showNamespaceFilter: false,
    to: { name: routeName('overview'), params: { product: PRODUCT } },
  } as never);

  PAGES.forEach((page, index) => {
    virtualType({
      name: page,
      labelKey: `pso.nav.${page}`,
      namespaced: false,
      weight: 100 - index,
      route: { name: routeName(page), params: { product: PRODUCT } },
    } as never);
  });
  basicType([...PAGES]);
  // A chunk of its own: the dashboard starts only when it has every extension's entry.
  void import('./rancher/array-alerts.ts').then(({ announceTrouble }) => announceTrouble(store as never));
}
