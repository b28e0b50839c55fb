import { onMounted, type Ref, ref, shallowRef } from 'vue';
import { messageOf } from './store.ts';

export interface Loaded<T> {
  readonly data: Ref<T | null>;
  readonly error: Ref<string>;
  readonly isLoading: Ref<boolean>;
  reload(): Promise<void>;
}

/** A page that waits longer says so; what it showed before stays. */
const MAX_WAIT_MS = 20_000;

/**
 * Loads when the page is shown; a failure is a sentence on the page, never an empty one, and so is an answer that does not
 * come. Of two loads at a time the later one counts.
 */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null);
  const error = ref('');
  const isLoading = ref(true);
  let latest = 0;
  const reload = async (): Promise<void> => {
    latest += 1;
    const own = latest;
    isLoading.value = true;
    const end = (found: T | null, failure: string): void => {
      if (own !== latest) return;
      if (failure === '') data.value = found;
      error.value = failure;
      isLoading.value = false;
    };
    await inTime(load()).then(
      found => end(found, ''),
      (failure: unknown) => end(null, messageOf(failure)),
    );
  };
  onMounted(reload);
  return { data, error, isLoading, reload };
}

function inTime<T>(loading: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${MAX_WAIT_MS / 1000} s`)), MAX_WAIT_MS);
  });
  return Promise.race([loading, late]).finally(() => clearTimeout(timer));
}
