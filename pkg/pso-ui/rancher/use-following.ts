import { onBeforeUnmount, type Ref, ref } from 'vue';

export interface Following {
  readonly isFollowing: Ref<boolean>;
  /** It takes longer than anybody waits: nobody looks any more. */
  readonly isLate: Ref<boolean>;
  start(): void;
}

const POLL_MS = 2000;
const MAX_MS = 10 * 60_000;

/** Looks again and again until `look` says that it has ended; a look that fails is tried again. */
export function useFollowing(look: () => Promise<boolean>): Following {
  const isFollowing = ref(false);
  const isLate = ref(false);
  let run = 0;
  const start = async (): Promise<void> => {
    run += 1;
    const own = run;
    const untilMs = Date.now() + MAX_MS;
    isFollowing.value = true;
    isLate.value = false;
    while (Date.now() < untilMs) {
      const hasEnded = await look().catch(() => false);
      if (own !== run) return;
      if (hasEnded) {
        isFollowing.value = false;
        return;
      }
      await new Promise(resolve => setTimeout(resolve, POLL_MS));
      if (own !== run) return;
    }
    isFollowing.value = false;
    isLate.value = true;
  };
  onBeforeUnmount(() => {
    run += 1;
  });
  return { isFollowing, isLate, start: () => void start() };
}
