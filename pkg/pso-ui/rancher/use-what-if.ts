import { onBeforeUnmount, type Ref, ref, shallowRef, watch } from 'vue';
import type { Question } from '../modules/what-if.ts';
import type { Store } from './store.ts';
import { askWhatIf, type WhatIfResult } from './what-if-access.ts';

export interface LiveWhatIf {
  /** Null: nothing was asked yet. The last one stays while the next is asked. */
  readonly result: Ref<WhatIfResult | null>;
  readonly isAsking: Ref<boolean>;
}

/** Keys that are still being typed are not asked about. */
const QUIET_MS = 350;

/** Asks again whenever the question changes; of two answers the later question's counts. Null: nothing to ask. */
export function useWhatIf(store: Store, namespace: () => string, question: () => Question | null): LiveWhatIf {
  const result = shallowRef<WhatIfResult | null>(null);
  const isAsking = ref(false);
  let latest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async (asked: Question, own: number): Promise<void> => {
    const found = await askWhatIf(store, namespace(), asked);
    if (own !== latest) return;
    result.value = found;
    isAsking.value = false;
  };
  watch(
    () => JSON.stringify([namespace(), question()]),
    () => {
      const asked = question();
      latest += 1;
      clearTimeout(timer);
      if (asked === null || namespace() === '') {
        isAsking.value = false;
        return;
      }
      isAsking.value = true;
      timer = setTimeout(() => void ask(asked, latest), result.value ? QUIET_MS : 0);
    },
    { immediate: true },
  );
  onBeforeUnmount(() => {
    latest += 1;
    clearTimeout(timer);
  });
  return { result, isAsking };
}
