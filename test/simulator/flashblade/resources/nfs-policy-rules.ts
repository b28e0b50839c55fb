import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { named } from '../../common/select.ts';
import { groupOf } from '../export-rules.ts';
import { list } from '../listing.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { ExportRuleRecord, NfsPolicyRecord } from '../records.ts';
import type { BladeState } from '../state.ts';
import { checkVersions, freshVersion, policyEffects } from './nfs-policies.ts';
import { changedRule, newRule, ordered, ruleItem } from './nfs-rule-items.ts';

const POLICIES = { names: 'policy_names', ids: 'policy_ids' };

interface PlacedRule {
  readonly policy: NfsPolicyRecord;
  readonly rule: ExportRuleRecord;
}

function allRules(policies: Iterable<NfsPolicyRecord>): PlacedRule[] {
  return Array.from(policies).flatMap(policy => policy.rules.map(rule => ({ policy, rule })));
}

/** By `names` or `ids`; undefined when neither is given. */
function namedRules(state: BladeState, call: Call): PlacedRule[] | undefined {
  const names = call.query.list('names');
  const ids = call.query.list('ids');
  const wanted = names ?? ids;
  if (wanted === undefined) return undefined;
  if (names !== undefined && ids !== undefined)
    throw refuse('Invalid combination of parameters specified.', 'names, ids');
  const known = allRules(state.nfsPolicies.values());
  return checkEach(wanted, value => {
    const found = known.find(({ rule }) => (names === undefined ? rule.id : rule.name) === value);
    if (found === undefined) throw refuse(state.settings.messages.ruleMissing, value);
    return found;
  });
}

function placedItem(state: BladeState, { policy, rule }: PlacedRule): JsonObject {
  return ruleItem(state, policy, rule, policy.rules.indexOf(rule));
}

/** Sorted by policy and place in it, unless asked otherwise. */
export function getNfsRules(state: BladeState, call: Call): Plan {
  const policies = named(call, state.nfsPolicies, state.settings.messages.policyMissing, POLICIES);
  const rules = namedRules(state, call) ?? allRules(policies ?? state.nfsPolicies.values());
  const shown = policies === undefined ? rules : rules.filter(({ policy }) => policies.includes(policy));
  return list(call, shown, rule => placedItem(state, rule));
}

/** At the end of its group, or before a rule of the same group. */
function placed(
  state: BladeState,
  call: Call,
  rules: readonly ExportRuleRecord[],
  rule: ExportRuleRecord,
): ExportRuleRecord[] {
  const before = call.query.text('before_rule_name') ?? call.query.text('before_rule_id');
  if (before === undefined) return ordered([...rules, rule]);
  const index = rules.findIndex(({ id, name }) => id === before || name === before);
  const next = rules[index];
  if (next === undefined) throw refuse(state.settings.messages.ruleMissing, before);
  if (groupOf(next) !== groupOf(rule)) throw refuse('Rules can only be placed in the group of their client.', before);
  return [...rules.slice(0, index), rule, ...rules.slice(index)];
}

export function postNfsRules(state: BladeState, call: Call): Plan {
  const policies = named(call, state.nfsPolicies, state.settings.messages.policyMissing, POLICIES);
  if (policies === undefined) throw refuse('Missing required parameter: policy_names.');
  checkVersions(state, call, policies);
  const changes = policies.map(policy => {
    const rule = newRule(state, policy, bodyObject(call));
    return { policy, rule, rules: placed(state, call, policy.rules, rule) };
  });
  return {
    effects: changes.flatMap(({ policy, rules }) => policyEffects(state, policy, { enabled: policy.enabled, rules })),
    commit: () => {
      for (const { policy, rules } of changes) Object.assign(policy, { rules, version: freshVersion(state) });
      return { items: changes.map(change => placedItem(state, change)) };
    },
  };
}

/** Versions are those of the rules' policies, in the order of the rules. */
function targetRules(state: BladeState, call: Call): PlacedRule[] {
  const chosen = namedRules(state, call);
  if (chosen === undefined) throw refuse('Missing required parameter: names.');
  checkVersions(
    state,
    call,
    chosen.map(({ policy }) => policy),
  );
  return chosen;
}

export function patchNfsRules(state: BladeState, call: Call): Plan {
  const chosen = targetRules(state, call);
  const [target] = chosen;
  if (target === undefined || chosen.length > 1) throw refuse('Only one rule can be changed at a time.');
  const { policy, rule: old } = target;
  const rule = changedRule(old, bodyObject(call));
  const isMoved = call.query.has('before_rule_name') || call.query.has('before_rule_id');
  const rules = isMoved
    ? placed(
        state,
        call,
        policy.rules.filter(other => other !== old),
        rule,
      )
    : ordered(policy.rules.map(other => (other === old ? rule : other)));
  return {
    effects: policyEffects(state, policy, { enabled: policy.enabled, rules }),
    commit: () => {
      Object.assign(policy, { rules, version: freshVersion(state) });
      return { items: [placedItem(state, { policy, rule })] };
    },
  };
}

export function deleteNfsRules(state: BladeState, call: Call): Plan {
  const chosen = targetRules(state, call);
  const doomed = new Set(chosen.map(({ rule }) => rule));
  const policies = [...new Set(chosen.map(({ policy }) => policy))];
  const changes = policies.map(policy => ({ policy, rules: policy.rules.filter(rule => !doomed.has(rule)) }));
  return {
    effects: changes.flatMap(({ policy, rules }) => policyEffects(state, policy, { enabled: policy.enabled, rules })),
    commit: () => {
      for (const { policy, rules } of changes) Object.assign(policy, { rules, version: freshVersion(state) });
      return NO_BODY;
    },
  };
}
