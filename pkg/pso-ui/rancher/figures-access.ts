import type { ArrayUsage, VolumeReport } from '../../../driver/src/domain/volume-report.ts';
import { type NoAnswer, noAnswer } from '../modules/no-answer.ts';
import { askDriver } from './driver-questions.ts';
import type { Store } from './store.ts';

export type ReportsResult = { readonly state: 'answered'; readonly volumes: readonly VolumeReport[] } | NoAnswer;
export type UsageResult = { readonly state: 'answered'; readonly arrays: readonly ArrayUsage[] } | NoAnswer;

/** What arrays tell of up to 100 volumes, of up to ten with details. Never throws. */
export async function askVolumes(
  store: Store,
  namespace: string,
  handles: readonly string[],
  details = false,
): Promise<ReportsResult> {
  try {
    const answer = await askDriver(store, namespace, 'volumes', { handles, details });
    return Array.isArray(answer?.volumes)
      ? { state: 'answered', volumes: answer.volumes as VolumeReport[] }
      : { state: 'too-old', reason: '' };
  } catch (failure) {
    return noAnswer(failure);
  }
}

/** How arrays fill, and by what. Never throws. */
export async function askUsage(store: Store, namespace: string): Promise<UsageResult> {
  try {
    const answer = await askDriver(store, namespace, 'usage');
    return Array.isArray(answer?.arrays)
      ? { state: 'answered', arrays: answer.arrays as ArrayUsage[] }
      : { state: 'too-old', reason: '' };
  } catch (failure) {
    return noAnswer(failure);
  }
}
