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
/** In place of a reason: nothing has come yet. */
const LATE = 'late';

/** The sentence for `Loaded.error`. */
export const sentenceOf = (error: string, t: (key: string, args?: object) => string): string =>
  error === LATE ? t('pso.page.late') : t('pso.page.failed', { reason: error });

/**
 * Loads when the page is shown; a failure is a sentence on the page, never an empty one, and so is an answer that does not
 * come. One that comes late is shown all the same: Rancher reads a large cluster once before it answers. Of two loads at a
 * time the later one counts.
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
    const end = (failure: string): void => {
      if (own !== latest) return;
      error.value = failure;
      isLoading.value = false;
    };
    const loading = load().then(
      found => {
        if (own === latest) data.value = found;
        end('');
      },
      (failure: unknown) => end(messageOf(failure)),
    );
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>(resolve => {
      timer = setTimeout(() => {
        end(LATE);
        resolve();
      }, MAX_WAIT_MS);
    });
    void loading.finally(() => clearTimeout(timer));
    await Promise.race([loading, late]);
  };
  onMounted(reload);
  return { data, error, isLoading, reload };
}
