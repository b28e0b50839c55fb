import type { WhatIfAnswer } from '../../../driver/src/placement/what-if-answer.ts';
import { type NoAnswer, noAnswer } from '../modules/no-answer.ts';
import type { Question } from '../modules/what-if.ts';
import { askDriver } from './driver-questions.ts';
import type { Store } from './store.ts';

export type WhatIfResult = { readonly state: 'answered'; readonly answer: WhatIfAnswer } | NoAnswer;

/** Where claims would go. Never throws. */
export async function askWhatIf(store: Store, namespace: string, question: Question): Promise<WhatIfResult> {
  try {
    const answer = await askDriver(store, namespace, 'placement', question);
    return Array.isArray(answer?.claims)
      ? { state: 'answered', answer: answer as WhatIfAnswer }
      : { state: 'too-old', reason: '' };
  } catch (failure) {
    return noAnswer(failure);
  }
}
