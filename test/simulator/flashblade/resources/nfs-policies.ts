import { ApiError, checkEach, refuse } from '../../common/api-error.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { isObject } from '../../common/json.ts';
import { named, targets } from '../../common/select.ts';
import { accessRules } from '../export-rules.ts';
import { list } from '../listing.ts';
import { checkName } from '../names.ts';
import type { Call, Effect, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { ExportRuleRecord, NfsPolicyRecord } from '../records.ts';
import { NO_REFERENCE } from '../references.ts';
import type { BladeState } from '../state.ts';
import { currentAccess, defaultExport } from '../state.ts';
import { accessEffects } from './nfs-view.ts';
import { newRule, ordered, ruleItem } from './nfs-rule-items.ts';

const NO_WORKLOAD: JsonObject = { ...NO_REFERENCE, configuration: null };

export function policyItem(state: BladeState, policy: NfsPolicyRecord): JsonObject {
  return {
    id: policy.id,
    name: policy.name,
    enabled: policy.enabled,
    is_local: true,
    location: state.context,
    policy_type: 'nfs-export',
    rules: policy.rules.map((rule, index) => withoutContext(ruleItem(state, policy, rule, index))),
    version: policy.version,
    context: state.context,
    realms: [],
    workload: NO_WORKLOAD,
  };
}

/** Inside a policy its rules do not say again which array answered. */
function withoutContext({ context, ...rest }: JsonObject): JsonObject {
  return context === undefined ? rest : { ...rest };
}

export function getNfsPolicies(state: BladeState, call: Call): Plan {
  const chosen = named(call, state.nfsPolicies, state.settings.messages.policyMissing);
  return list(call, chosen ?? state.nfsPolicies.values(), policy => policyItem(state, policy));
}

/** The version that every change makes: unlike any before. */
export function freshVersion(state: BladeState): string {
  return state.random.uuid();
}

/** 412 when a version was given (in the order of the objects) that is not the current one. */
export function checkVersions(state: BladeState, call: Call, policies: readonly NfsPolicyRecord[]): void {
  const versions = call.query.list('versions');
  if (versions === undefined) return;
  if (versions.length !== policies.length) throw refuse('Invalid number of versions.', versions.join(','));
  const stale = policies.find((policy, index) => policy.version !== versions[index]);
  if (stale !== undefined)
    throw new ApiError(412, [{ message: state.settings.messages.staleVersion, context: stale.name }]);
}

export function postNfsPolicies(state: BladeState, call: Call): Plan {
  const body = bodyObject(call);
  const rules = rulesOf(body.rules);
  const fresh = checkEach(call.query.required('names'), name => {
    checkName('Policy', name);
    if (state.nfsPolicies.find(name) !== undefined) throw refuse(state.settings.messages.policyExists, name);
    const policy: NfsPolicyRecord = {
      id: state.nextId(),
      name,
      createdMs: call.nowMs,
      enabled: body.enabled !== false,
      version: freshVersion(state),
      rules: [],
      ruleCount: 0,
      exports: new Set(),
    };
    policy.rules = ordered((rules ?? []).map(rule => newRule(state, policy, rule)));
    return policy;
  });
  return {
    effects: [],
    commit: () => {
      for (const policy of fresh) state.nfsPolicies.add(policy);
      return { items: fresh.map(policy => policyItem(state, policy)) };
    },
  };
}

function rulesOf(value: Json | undefined): JsonObject[] | null {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : null;
}

export function patchNfsPolicies(state: BladeState, call: Call): Plan {
  const body = bodyObject(call);
  const { policyMissing, policyExists } = state.settings.messages;
  const policies = targets(call, state.nfsPolicies, policyMissing);
  checkVersions(state, call, policies);
  const given = rulesOf(body.rules);
  const changes = policies.map(policy => ({
    policy,
    enabled: typeof body.enabled === 'boolean' ? body.enabled : policy.enabled,
    rules: given === null ? policy.rules : ordered(given.map(rule => newRule(state, policy, rule))),
  }));
  const { name } = body;
  if (typeof name === 'string') {
    checkName('Policy', name);
    if (policies.length > 1) throw refuse('Invalid combination of parameters specified.', 'name');
    const taken = state.nfsPolicies.find(name);
    if (taken !== undefined && taken !== policies[0]) throw refuse(policyExists, name);
  }
  return {
    effects: changes.flatMap(({ policy, enabled, rules }) => policyEffects(state, policy, { enabled, rules })),
    commit: () => {
      for (const { policy, enabled, rules } of changes) {
        Object.assign(policy, { enabled, rules, version: freshVersion(state) });
        if (typeof name === 'string') state.nfsPolicies.rename(policy, name);
      }
      return { items: policies.map(policy => policyItem(state, policy)) };
    },
  };
}

/** All file systems that are exported by it, under their own names, have other rules then. */
export function policyEffects(
  state: BladeState,
  policy: NfsPolicyRecord,
  next: { readonly enabled: boolean; readonly rules: ExportRuleRecord[] },
): Effect[] {
  return [...policy.exports].flatMap(exported => {
    const { fileSystem } = exported;
    if (defaultExport(fileSystem) !== exported || fileSystem.destroyedMs !== null) return [];
    return accessEffects(state, fileSystem, currentAccess(fileSystem), accessRules(fileSystem.nfs, next));
  });
}

export function deleteNfsPolicies(state: BladeState, call: Call): Plan {
  const policies = targets(call, state.nfsPolicies, state.settings.messages.policyMissing);
  checkVersions(state, call, policies);
  checkEach(policies, ({ name, exports }) => {
    if (exports.size > 0) throw refuse('Policy is in use.', name);
  });
  return {
    effects: [],
    commit: () => {
      for (const policy of policies) state.nfsPolicies.remove(policy);
      return NO_BODY;
    },
  };
}
