import { onBeforeUnmount, type Ref, ref } from 'vue';
import { Follower } from '../modules/follower.ts';

export interface Following {
  readonly isFollowing: Ref<boolean>;
  /** It takes longer than anybody waits: nobody looks any more. */
  readonly isLate: Ref<boolean>;
  start(): void;
}

/** Follows while the page is there. */
export function useFollowing(look: () => Promise<boolean>): Following {
  const isFollowing = ref(false);
  const isLate = ref(false);
  const follower = new Follower(look, state => {
    isFollowing.value = state.isFollowing;
    isLate.value = state.isLate;
  });
  onBeforeUnmount(() => follower.close());
  return { isFollowing, isLate, start: () => void follower.follow() };
}
