import type { JsonObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import type { Call, Plan } from '../plan.ts';
import { reference } from '../references.ts';
import type { BladeState } from '../state.ts';
import { partId } from './network.ts';

const NO_TOKEN: JsonObject = { created_at: null, expires_at: null, token: null };
const ROLES = { admin: 'array_admin', readonly: 'readonly' } as const;

/** Tokens stay hidden, also when asked for. */
export function getAdmins(state: BladeState, call: Call): Plan {
  const names = call.query.list('names');
  const shown = state.settings.tokens.filter(({ user }) => names?.includes(user) !== false);
  return list(call, shown, ({ user, role }) => ({
    id: partId(state, `admin/${user}`),
    name: user,
    api_token: { ...NO_TOKEN, token: '****' },
    is_local: true,
    locked: false,
    lockout_remaining: null,
    public_key: null,
    role: reference({ name: ROLES[role], id: partId(state, role) }, 'roles'),
    context: state.context,
    admin_type: 'local',
    authorization_model: 'role',
    management_access_policies: [],
  }));
}

/** The array's log of sessions is not simulated: it is there, and empty. */
export function getSessions(_state: BladeState, call: Call): Plan {
  const none: readonly { readonly name: string }[] = [];
  return list(call, none, ({ name }) => ({ name }));
}
