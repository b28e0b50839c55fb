import { checkEach, refuse } from '../../common/api-error.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { isObject } from '../../common/json.ts';
import { named, targets } from '../../common/select.ts';
import { list } from '../listing.ts';
import { checkName } from '../names.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { FileSystemRecord, SnapshotPolicyRecord, SnapshotRecord, SnapshotRule } from '../records.ts';
import { locatedReference, NO_REFERENCE, reference } from '../references.ts';
import type { BladeState } from '../state.ts';
import { join } from './file-systems.ts';

const MEMBERS = { names: 'member_names', ids: 'member_ids' };
const POLICIES = { names: 'policy_names', ids: 'policy_ids' };
const NO_WORKLOAD: JsonObject = { ...NO_REFERENCE, configuration: null };

function policyItem(state: BladeState, policy: SnapshotPolicyRecord): JsonObject {
  return {
    id: policy.id,
    name: policy.name,
    enabled: policy.enabled,
    is_local: true,
    location: state.context,
    policy_type: 'snapshot',
    rules: policy.rules.map(({ at, every, keepFor, timeZone }) => ({
      at,
      every,
      keep_for: keepFor,
      time_zone: timeZone,
    })),
    retention_lock: 'unlocked',
    context: state.context,
    realms: [],
    workload: NO_WORKLOAD,
  };
}

export function getPolicies(state: BladeState, call: Call): Plan {
  const chosen = named(call, state.snapshotPolicies, state.settings.messages.policyMissing);
  return list(call, chosen ?? state.snapshotPolicies.values(), policy => policyItem(state, policy));
}

function rulesOf(value: Json | undefined): SnapshotRule[] {
  const given = Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : [];
  const numberOf = (figure: Json | undefined): number | null => (typeof figure === 'number' ? figure : null);
  return given.map(rule => ({
    at: numberOf(rule.at),
    every: numberOf(rule.every),
    keepFor: numberOf(rule.keep_for),
    timeZone: typeof rule.time_zone === 'string' ? rule.time_zone : null,
  }));
}

export function postPolicies(state: BladeState, call: Call): Plan {
  const body = bodyObject(call);
  const fresh = checkEach(call.query.required('names'), (name): SnapshotPolicyRecord => {
    checkName('Policy', name);
    if (state.snapshotPolicies.find(name) !== undefined) throw refuse(state.settings.messages.policyExists, name);
    return {
      id: state.nextId(),
      name,
      enabled: body.enabled !== false,
      rules: rulesOf(body.rules),
      members: new Set(),
    };
  });
  return {
    effects: [],
    commit: () => {
      for (const policy of fresh) state.snapshotPolicies.add(policy);
      return { items: fresh.map(policy => policyItem(state, policy)) };
    },
  };
}

/** Rules are kept and forgotten as told; the simulator takes no snapshots by them. */
export function patchPolicies(state: BladeState, call: Call): Plan {
  const body = bodyObject(call);
  const chosen = targets(call, state.snapshotPolicies, state.settings.messages.policyMissing);
  const removed = rulesOf(body.remove_rules).map(rule => JSON.stringify(rule));
  return {
    effects: [],
    commit: () => {
      for (const policy of chosen) {
        if (typeof body.enabled === 'boolean') policy.enabled = body.enabled;
        const kept = body.rules === undefined ? policy.rules : rulesOf(body.rules);
        policy.rules = [...kept.filter(rule => !removed.includes(JSON.stringify(rule))), ...rulesOf(body.add_rules)];
      }
      return { items: chosen.map(policy => policyItem(state, policy)) };
    },
  };
}

export function deletePolicies(state: BladeState, call: Call): Plan {
  const doomed = checkEach(targets(call, state.snapshotPolicies, state.settings.messages.policyMissing), policy => {
    if (policy.members.size > 0) throw refuse('Policy is in use.', policy.name);
    return policy;
  });
  return {
    effects: [],
    commit: () => {
      for (const policy of doomed) state.snapshotPolicies.remove(policy);
      return NO_BODY;
    },
  };
}

interface Membership {
  readonly policy: SnapshotPolicyRecord;
  readonly fileSystem: FileSystemRecord;
}

function memberItem(state: BladeState, { policy, fileSystem }: Membership): JsonObject {
  return {
    member: reference(fileSystem, 'file-systems'),
    policy: reference(policy, 'policies'),
    context: state.context,
  };
}

function given(
  state: BladeState,
  call: Call,
): { readonly policies: SnapshotPolicyRecord[] | undefined; readonly members: FileSystemRecord[] | undefined } {
  const { policyMissing, fileSystemMissing } = state.settings.messages;
  return {
    policies: named(call, state.snapshotPolicies, policyMissing, POLICIES),
    members: named(call, state.fileSystems, fileSystemMissing, MEMBERS),
  };
}

export function getMembers(state: BladeState, call: Call): Plan {
  const { policies, members } = given(state, call);
  const all = Array.from(policies ?? state.snapshotPolicies.values());
  const rows = all.flatMap(policy => Array.from(policy.members, fileSystem => ({ policy, fileSystem })));
  const shown = rows.filter(({ fileSystem }) => members?.includes(fileSystem) !== false);
  return list(call, shown, row => memberItem(state, row));
}

function pairs(state: BladeState, call: Call): Membership[] {
  const { policies, members } = given(state, call);
  if (policies === undefined || members === undefined)
    throw refuse('Missing required parameter: policy_names, member_names.');
  return policies.flatMap(policy => members.map(fileSystem => ({ policy, fileSystem })));
}

export function postMembers(state: BladeState, call: Call): Plan {
  const fresh = checkEach(pairs(state, call), pair => {
    if (pair.policy.members.has(pair.fileSystem)) throw refuse('Policy member already exists.', pair.fileSystem.name);
    return pair;
  });
  return {
    effects: [],
    commit: () => {
      for (const { policy, fileSystem } of fresh) join(policy, fileSystem);
      return { items: fresh.map(pair => memberItem(state, pair)) };
    },
  };
}

export function deleteMembers(state: BladeState, call: Call): Plan {
  const doomed = checkEach(pairs(state, call), pair => {
    if (!pair.policy.members.has(pair.fileSystem)) throw refuse('Policy member does not exist.', pair.fileSystem.name);
    return pair;
  });
  return {
    effects: [],
    commit: () => {
      for (const { policy, fileSystem } of doomed) {
        policy.members.delete(fileSystem);
        fileSystem.policies.delete(policy);
      }
      return NO_BODY;
    },
  };
}

/** Snapshots under a policy. */
export function getSnapshotPolicies(state: BladeState, call: Call): Plan {
  const { policyMissing, snapshotMissing } = state.settings.messages;
  const policies = named(call, state.snapshotPolicies, policyMissing, POLICIES);
  const members = named(call, state.snapshots, snapshotMissing, MEMBERS);
  const rows = Array.from(members ?? state.snapshots.values()).filter(
    ({ policy }) => policy !== null && policies?.includes(policy) !== false,
  );
  return list(call, rows, snapshot => ({
    member: reference(snapshot, 'file-system-snapshots'),
    policy: locatedReference(state, snapshot.policy, 'policies'),
    context: state.context,
  }));
}

export function deleteSnapshotPolicies(state: BladeState, call: Call): Plan {
  const { policyMissing, snapshotMissing } = state.settings.messages;
  const policies = named(call, state.snapshotPolicies, policyMissing, POLICIES) ?? [];
  const members = named(call, state.snapshots, snapshotMissing, MEMBERS) ?? [];
  const isUnder = ({ policy }: SnapshotRecord): boolean => policy !== null && policies.includes(policy);
  checkEach(members, snapshot => {
    if (!isUnder(snapshot)) throw refuse('Policy member does not exist.', snapshot.name);
  });
  return {
    effects: [],
    commit: () => {
      for (const snapshot of members) snapshot.policy = null;
      return NO_BODY;
    },
  };
}
