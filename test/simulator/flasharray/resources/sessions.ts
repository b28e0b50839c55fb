import { checkEach, refuse } from '../../common/api-error.ts';
import { list } from '../listing.ts';
import type { Call, Plan } from '../plan.ts';
import type { Session } from '../sessions.ts';
import type { ArrayState } from '../state.ts';

/** Open sessions; those that ended are forgotten. */
export function getSessions(state: ArrayState, call: Call): Plan {
  const open = state.sessions.list(call.nowMs, state.conditions.idleTimeoutMs);
  const choose = (given: readonly string[] | undefined, key: (session: Session) => string): Session[] | undefined =>
    given &&
    checkEach(given, value => {
      const session = open.find(one => key(one) === value);
      if (session === undefined) throw refuse('Session does not exist.', value);
      return session;
    });
  const byName = choose(call.query.list('names'), ({ number }) => String(number));
  const chosen = byName ?? choose(call.query.list('ids'), ({ id }) => id) ?? open;
  return list(
    call,
    chosen.map(session => ({ name: String(session.number), session })),
    ({ name, session }) => ({
      id: session.id,
      name,
      user: session.user,
      user_interface: 'REST',
      location: '127.0.0.1',
      method: 'API token',
      event: 'login',
      event_count: 1,
      start_time: session.startMs,
      end_time: null,
    }),
  );
}
