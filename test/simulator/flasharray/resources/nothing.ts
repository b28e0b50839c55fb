import { list } from '../listing.ts';
import type { Call, Plan } from '../plan.ts';
import type { ArrayState } from '../state.ts';

/** For what the simulated FlashArray never has: directories, realms, links between pods. */
export function getNothing(_state: ArrayState, call: Call): Plan {
  return list<object>(call, [], () => ({}));
}
