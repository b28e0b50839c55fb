import { refuse } from '../../common/api-error.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { groupOf } from '../export-rules.ts';
import type { ExportRuleRecord, NfsPolicyRecord } from '../records.ts';
import { reference } from '../references.ts';
import type { BladeState } from '../state.ts';

const SECURITY = ['sys', 'krb5', 'krb5i', 'krb5p'];

export function ruleItem(
  state: BladeState,
  policy: NfsPolicyRecord,
  rule: ExportRuleRecord,
  index: number,
): JsonObject {
  return {
    id: rule.id,
    name: rule.name,
    access: rule.access,
    anongid: rule.anongid,
    anonuid: rule.anonuid,
    atime: rule.atime,
    client: rule.client,
    fileid_32bit: rule.fileid32,
    index: index + 1,
    permission: rule.permission,
    policy: reference(policy, 'nfs-export-policies'),
    policy_version: policy.version,
    required_transport_security: rule.transportSecurity,
    secure: rule.secure,
    security: [...rule.security],
    context: state.context,
  };
}

const DEFAULT_RULE = {
  access: 'root-squash',
  permission: 'ro',
  client: '*',
  anonuid: null,
  anongid: null,
  atime: true,
  fileid32: false,
  secure: false,
  security: ['sys'],
  transportSecurity: 'none',
} as const;

/** Names count up and are never used twice in a policy. */
export function newRule(state: BladeState, policy: NfsPolicyRecord, given: JsonObject): ExportRuleRecord {
  const rule = changedRule({ ...DEFAULT_RULE, id: state.nextId(), name: '' }, given);
  policy.ruleCount++;
  return { ...rule, name: `${policy.name}.${policy.ruleCount}` };
}

/** Throws 400 for values that no rule has. */
export function changedRule(old: ExportRuleRecord, given: JsonObject): ExportRuleRecord {
  const client = given.client ?? old.client;
  if (typeof client !== 'string' || !/^[^\s(),]+$/.test(client))
    throw refuse('Invalid client.', JSON.stringify(client));
  return {
    ...old,
    client,
    access: choice('access', given.access, ['root-squash', 'all-squash', 'no-squash'], old.access),
    permission: choice('permission', given.permission, ['rw', 'ro'], old.permission),
    anonuid: anonymous(given.anonuid, old.anonuid),
    anongid: anonymous(given.anongid, old.anongid),
    atime: typeof given.atime === 'boolean' ? given.atime : old.atime,
    fileid32: typeof given.fileid_32bit === 'boolean' ? given.fileid_32bit : old.fileid32,
    secure: typeof given.secure === 'boolean' ? given.secure : old.secure,
    security: securityOf(given.security, old.security),
    transportSecurity: choice(
      'required_transport_security',
      given.required_transport_security,
      ['none', 'tls', 'mutual-tls'],
      old.transportSecurity,
    ),
  };
}

function choice<Value extends string>(
  property: string,
  given: Json | undefined,
  known: readonly Value[],
  old: Value,
): Value {
  if (given === undefined) return old;
  const found = known.find(value => value === given);
  if (found === undefined) throw refuse(`Invalid value for property: ${property}.`, JSON.stringify(given));
  return found;
}

/** Numbers come as text, too; `""` clears. */
function anonymous(given: Json | undefined, old: number | null): number | null {
  if (given === undefined) return old;
  if (given === '' || given === null) return null;
  const value = Number(given);
  if (!Number.isInteger(value) || value < 0) throw refuse('Invalid anonymous id.', JSON.stringify(given));
  return value;
}

function securityOf(given: Json | undefined, old: readonly string[]): readonly string[] {
  if (!Array.isArray(given)) return old;
  const flavors = (given as readonly Json[]).map(String);
  if (flavors.length === 0 || !flavors.every(flavor => SECURITY.includes(flavor)))
    throw refuse('Invalid value for property: security.', flavors.join(','));
  return flavors;
}

/** Addresses first, then other clients, then everyone; each group in its own order. */
export function ordered(rules: readonly ExportRuleRecord[]): ExportRuleRecord[] {
  return [...rules].sort((a, b) => groupOf(a) - groupOf(b));
}
