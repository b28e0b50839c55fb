import type { JsonObject } from '../../common/json.ts';
import type { Call, Plan } from '../plan.ts';
import type { ArrayState } from '../state.ts';
import { listParts } from './hardware.ts';
import { context } from './volume-items.ts';

const HIDDEN_TOKEN: JsonObject = { created_at: null, expires_at: null, token: '****' };
const ROLES = { admin: 'array_admin', readonly: 'readonly' } as const;

/** Accounts of the tokens; the tokens stay hidden, also when asked for. */
export function getAdmins(state: ArrayState, call: Call): Plan {
  const accounts = state.settings.tokens.map(({ user, role }) => ({ name: user, role }));
  return listParts(call, accounts, 'Admin does not exist.', ({ name, role }) => ({
    name,
    api_token: HIDDEN_TOKEN,
    is_local: true,
    locked: null,
    lockout_remaining: null,
    password: null,
    public_key: null,
    role: { name: ROLES[role] },
    management_access_policies: [],
    context: context(state),
    admin_type: 'local-user',
    authorization_model: 'static',
  }));
}
