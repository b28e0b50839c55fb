import { checkEach, refuse } from '../../common/api-error.ts';
import type { Call, Plan } from '../plan.ts';
import { NO_BODY } from '../plan.ts';
import type { Registry } from '../../common/registry.ts';
import type { AnyDestroyable } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { targets } from '../../common/select.ts';

/** What pods, volume groups and protection groups have in common; `kind` starts the sentences: "Pod". */
export interface ContainerKind<Item extends AnyDestroyable> {
  readonly kind: string;
  readonly registryOf: (state: ArrayState) => Registry<Item>;
  /** Live or destroyed objects inside, which keep the container from going alone. */
  readonly contents: (state: ArrayState, item: Item) => AnyDestroyable[];
}

export function missingOf<Item extends AnyDestroyable>({ kind }: ContainerKind<Item>): string {
  return `${kind} does not exist.`;
}

export function checkNew<Item extends AnyDestroyable>(
  container: ContainerKind<Item>,
  state: ArrayState,
  name: string,
): void {
  if (container.registryOf(state).find(name) !== undefined) throw refuse(`${container.kind} already exists.`, name);
}

/** Checks `destroyed` of a PATCH; returns what to do when all is checked. */
export function destroyChange<Item extends AnyDestroyable>(
  container: ContainerKind<Item>,
  state: ArrayState,
  call: Call,
  items: readonly Item[],
  destroyed: boolean,
): () => void {
  const withContents = call.query.flag('destroy_contents') === true;
  checkEach(items, item => {
    if (destroyed && item.destroyedMs !== null) throw refuse(`${container.kind} has been destroyed.`, item.name);
    if (!destroyed && item.destroyedMs === null) throw refuse(`${container.kind} has not been destroyed.`, item.name);
    const live = container.contents(state, item).filter(({ destroyedMs }) => destroyedMs === null);
    if (destroyed && live.length > 0 && !withContents) throw refuse(`${container.kind} is not empty.`, item.name);
  });
  return () => {
    for (const item of items) {
      const since = item.destroyedMs;
      for (const inner of container.contents(state, item)) {
        if (destroyed && inner.destroyedMs === null) state.destroy(inner, call.nowMs);
        if (!destroyed && inner.destroyedMs === since) state.recover(inner);
      }
      if (destroyed) state.destroy(item, call.nowMs);
      else state.recover(item);
    }
  };
}

export function eradicateContainers<Item extends AnyDestroyable>(
  container: ContainerKind<Item>,
  state: ArrayState,
  call: Call,
): Plan {
  const withContents = call.query.flag('eradicate_contents') === true;
  const items = checkEach(targets(call, container.registryOf(state), missingOf(container)), item => {
    if (item.destroyedMs === null) throw refuse(`${container.kind} has not been destroyed.`, item.name);
    if (state.conditions.manualEradication === 'all-disabled') {
      throw refuse(
        container.kind === 'Pod' ? 'Cannot eradicate pod: eradication is disabled.' : 'Eradication is disabled.',
      );
    }
    if (container.contents(state, item).length > 0 && !withContents)
      throw refuse(`${container.kind} is not empty.`, item.name);
    return item;
  });
  const all = items.flatMap((item): AnyDestroyable[] => [...container.contents(state, item), item]);
  return {
    effects: all.flatMap(item => state.eradicationEffects(item)),
    commit: () => {
      for (const item of all) state.eradicate(item);
      return NO_BODY;
    },
  };
}
