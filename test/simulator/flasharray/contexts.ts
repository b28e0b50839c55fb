import type { ErrorEntry } from '../common/api-error.ts';
import { ApiError, refuse } from '../common/api-error.ts';
import type { JsonObject } from '../common/json.ts';
import { list } from './listing.ts';
import type { Call, Plan } from './plan.ts';
import type { ArrayState } from './state.ts';

type Handler = (state: ArrayState, call: Call) => Plan;

/** What each context is asked on its own; paging and sorting then go over all of them. */
const OF_THE_WHOLE = ['sort', 'limit', 'offset', 'continuation_token', 'total_item_count', 'total_only'];

/** Runs a call where `context_names` says: on one array of the fleet, or (reads) on several, or on the whole fleet. */
export function planInContexts(state: ArrayState, call: Call, handler: Handler): Plan {
  const names = call.query.list('context_names');
  if (names === undefined) return handler(state, call);
  const states = contextsOf(state, names);
  const [first] = states;
  const isRead = call.operation.name.startsWith('GET ');
  if (!isRead && (states.length > 1 || names.length > 1)) {
    throw refuse('A write needs exactly one context.', names.join(','));
  }
  const mayFail = call.query.flag('allow_errors') === true;
  if (states.length === 1 && first !== undefined && !mayFail) return inContext(first, call, handler);
  return merged(states, call, handler, mayFail);
}

function contextsOf(state: ArrayState, names: readonly string[]): ArrayState[] {
  const fleet = state.network.fleetOf(state);
  const members = fleet === undefined ? [state] : [...fleet.members];
  return names.flatMap(name => {
    if (fleet !== undefined && fleet.name.toLowerCase() === name.toLowerCase()) return members;
    const member = members.find(one => one.name.toLowerCase() === name.toLowerCase());
    if (member === undefined) throw refuse('Context does not exist.', name);
    return [member];
  });
}

function inContext(state: ArrayState, call: Call, handler: Handler): Plan {
  if (!state.network.isUp(state)) throw refuse('Remote array is not reachable.', state.name);
  return handler(state, call);
}

function merged(states: readonly ArrayState[], call: Call, handler: Handler, mayFail: boolean): Plan {
  const asked = call.query.without(OF_THE_WHOLE);
  const items: JsonObject[] = [];
  const errors: ErrorEntry[] = [];
  for (const state of states) {
    try {
      items.push(...(inContext(state, { ...call, query: asked, isUnpaged: true }, handler).commit().items ?? []));
    } catch (error) {
      if (!(error instanceof ApiError) || !mayFail) throw error;
      errors.push(
        ...error.errors.map(entry => ({ ...entry, location: { ...state.reference, resource_type: 'arrays' } })),
      );
    }
  }
  const whole = { ...call, query: call.query.without(['filter']) };
  const plan = list(whole, items, item => item);
  return errors.length === 0 ? plan : { ...plan, commit: () => ({ ...plan.commit(), errors }) };
}
