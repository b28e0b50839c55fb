import type { KeptVolumes } from '../../../driver/src/domain/deleted-volume.ts';
import { type NoAnswer, noAnswer } from '../modules/no-answer.ts';
import { askDriver } from './driver-questions.ts';
import type { Store } from './store.ts';

export type KeptResult =
  { readonly state: 'answered'; readonly arrays: readonly KeptVolumes[]; readonly atMs: number } | NoAnswer;

/** What the arrays keep of deleted volumes, as of now. Never throws. */
export async function askKept(store: Store, namespace: string): Promise<KeptResult> {
  try {
    const answer = await askDriver(store, namespace, 'deleted');
    return Array.isArray(answer?.arrays)
      ? { state: 'answered', arrays: answer.arrays as KeptVolumes[], atMs: Date.now() }
      : { state: 'too-old', reason: '' };
  } catch (failure) {
    return noAnswer(failure);
  }
}
