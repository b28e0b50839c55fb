import { onMounted, type Ref, ref, shallowRef } from 'vue';
import { messageOf } from './store.ts';

export interface Loaded<T> {
  readonly data: Ref<T | null>;
  readonly error: Ref<string>;
  readonly isLoading: Ref<boolean>;
  reload(): Promise<void>;
}

/** Loads when the page is shown; a failure is a sentence on the page, never an empty one. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null);
  const error = ref('');
  const isLoading = ref(true);
  const reload = async (): Promise<void> => {
    isLoading.value = true;
    try {
      data.value = await load();
      error.value = '';
    } catch (failure) {
      error.value = messageOf(failure);
    } finally {
      isLoading.value = false;
    }
  };
  onMounted(reload);
  return { data, error, isLoading, reload };
}
