import { onMounted, type Ref, ref, shallowRef } from 'vue';
import { type ActionClaim, type ClaimPatch, type Progress, writtenAtMs } from '../modules/claim-actions.ts';
import { changeClaim, ClaimConflict, readClaim, warningSince } from './claim-access.ts';
import { messageOf, type Store, useText } from './store.ts';
import { useFollowing } from './use-following.ts';

/** One kind of change to a claim, from sending it to its real end. */
export interface ClaimChange {
  readonly isSending: Ref<boolean>;
  /** Why nothing was written; empty: it was, or nobody asked. */
  readonly failure: Ref<string>;
  /** Null: nothing goes on and nothing was sent. */
  readonly progress: Ref<Progress | null>;
  /** What Kubernetes and the driver warned of meanwhile. */
  readonly warning: Ref<string>;
  readonly isFollowing: Ref<boolean>;
  readonly isLate: Ref<boolean>;
  send(patch: ClaimPatch): Promise<void>;
}

/** What an earlier change failed of stays on the claim until this one is looked at. */
const STALE_MS = 10_000;

/** `show` gets the claim whenever it was read; `changed` is called when the array may tell something new. */
export function useClaimChange(
  store: Store,
  claim: () => ActionClaim,
  progressOf: (claim: ActionClaim) => Progress,
  { show, changed }: { readonly show: (claim: ActionClaim) => void; readonly changed: () => void },
): ClaimChange {
  const t = useText(store);
  const isSending = ref(false);
  const failure = ref('');
  const warning = ref('');
  const progress = shallowRef<Progress | null>(null);
  let sentMs = 0;
  /** By the clock of the API server. */
  let sinceMs = 0;
  const look = async (): Promise<boolean> => {
    const now = await readClaim(store, claim());
    show(now);
    const next = progressOf(now);
    if (next.state !== progress.value?.state && next.state !== 'running') changed();
    progress.value = next;
    if (next.state === 'done') {
      warning.value = '';
      return true;
    }
    warning.value = await warningSince(store, now, sinceMs);
    return next.state === 'failed' && Date.now() - sentMs > STALE_MS;
  };
  const { isFollowing, isLate, start } = useFollowing(look);
  const send = async (patch: ClaimPatch): Promise<void> => {
    isSending.value = true;
    failure.value = '';
    warning.value = '';
    try {
      const written = await changeClaim(store, claim(), patch);
      sentMs = Date.now();
      sinceMs = writtenAtMs(written, sentMs);
      show(written);
      progress.value = { state: 'running', words: '' };
      start();
    } catch (error) {
      failure.value = error instanceof ClaimConflict ? t('pso.claim.conflict') : messageOf(error);
      if (error instanceof ClaimConflict) show(await readClaim(store, claim()).catch(claim));
    } finally {
      isSending.value = false;
    }
  };
  // What somebody else began is followed, too.
  onMounted(() => {
    if (progressOf(claim()).state === 'done') return;
    progress.value = progressOf(claim());
    start();
  });
  return { isSending, failure, progress, warning, isFollowing, isLate, send };
}
