import { checkEach, refuse } from '../../common/api-error.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { named, targets } from '../../common/select.ts';
import { list } from '../listing.ts';
import { checkName } from '../names.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { FileSystemRecord, QosPolicyRecord } from '../records.ts';
import { reference } from '../references.ts';
import type { BladeState } from '../state.ts';

const MEMBERS = { names: 'member_names', ids: 'member_ids' };
const POLICIES = { names: 'policy_names', ids: 'policy_ids' };
const BYTES = [1_048_576, 549_755_813_888] as const;
const OPS = [100, 100_000_000] as const;

function policyItem(state: BladeState, policy: QosPolicyRecord): JsonObject {
  return {
    id: policy.id,
    name: policy.name,
    enabled: policy.enabled,
    is_local: true,
    location: state.context,
    policy_type: 'qos',
    max_total_bytes_per_sec: policy.maxBytesPerSec,
    max_total_ops_per_sec: policy.maxOpsPerSec,
    realms: [],
    context: state.context,
  };
}

export function getQosPolicies(state: BladeState, call: Call): Plan {
  const chosen = named(call, state.qosPolicies, state.settings.messages.policyMissing);
  return list(call, chosen ?? state.qosPolicies.values(), policy => policyItem(state, policy));
}

/** `""` unsets a limit. */
function limitOf(
  property: string,
  given: Json | undefined,
  [low, high]: readonly [number, number],
  old: number | null,
): number | null {
  if (given === undefined) return old;
  if (given === '' || given === null) return null;
  if (typeof given === 'number' && given >= low && given <= high) return given;
  throw refuse(`Invalid ${property}: must be between ${low} and ${high}.`, JSON.stringify(given));
}

function changed(
  body: JsonObject,
  old: Pick<QosPolicyRecord, 'enabled' | 'maxBytesPerSec' | 'maxOpsPerSec'>,
): Pick<QosPolicyRecord, 'enabled' | 'maxBytesPerSec' | 'maxOpsPerSec'> {
  return {
    enabled: typeof body.enabled === 'boolean' ? body.enabled : old.enabled,
    maxBytesPerSec: limitOf('max_total_bytes_per_sec', body.max_total_bytes_per_sec, BYTES, old.maxBytesPerSec),
    maxOpsPerSec: limitOf('max_total_ops_per_sec', body.max_total_ops_per_sec, OPS, old.maxOpsPerSec),
  };
}

export function postQosPolicies(state: BladeState, call: Call): Plan {
  const limits = changed(bodyObject(call), { enabled: true, maxBytesPerSec: null, maxOpsPerSec: null });
  const fresh = checkEach(call.query.required('names'), name => {
    checkName('Policy', name);
    if (state.qosPolicies.find(name) !== undefined) throw refuse(state.settings.messages.policyExists, name);
    return { id: state.nextId(), name, ...limits };
  });
  return {
    effects: [],
    commit: () => {
      for (const policy of fresh) state.qosPolicies.add(policy);
      return { items: fresh.map(policy => policyItem(state, policy)) };
    },
  };
}

export function patchQosPolicies(state: BladeState, call: Call): Plan {
  const chosen = targets(call, state.qosPolicies, state.settings.messages.policyMissing);
  const changes = chosen.map(policy => ({ policy, limits: changed(bodyObject(call), policy) }));
  return {
    effects: [],
    commit: () => {
      for (const { policy, limits } of changes) Object.assign(policy, limits);
      return { items: chosen.map(policy => policyItem(state, policy)) };
    },
  };
}

function membersOf(state: BladeState, policy: QosPolicyRecord): FileSystemRecord[] {
  return Array.from(state.fileSystems.values()).filter(({ traits }) => traits.qosPolicy === policy);
}

export function deleteQosPolicies(state: BladeState, call: Call): Plan {
  const doomed = checkEach(targets(call, state.qosPolicies, state.settings.messages.policyMissing), policy => {
    if (membersOf(state, policy).length > 0) throw refuse('Policy is in use.', policy.name);
    return policy;
  });
  return {
    effects: [],
    commit: () => {
      for (const policy of doomed) state.qosPolicies.remove(policy);
      return NO_BODY;
    },
  };
}

function memberItem(state: BladeState, policy: QosPolicyRecord, fileSystem: FileSystemRecord): JsonObject {
  return {
    member: reference(fileSystem, 'file-systems'),
    policy: reference(policy, 'qos-policies'),
    context: state.context,
  };
}

export function getQosMembers(state: BladeState, call: Call): Plan {
  const { policyMissing, fileSystemMissing } = state.settings.messages;
  const policies = named(call, state.qosPolicies, policyMissing, POLICIES);
  const members = named(call, state.fileSystems, fileSystemMissing, MEMBERS);
  const rows = Array.from(members ?? state.fileSystems.values()).flatMap(fileSystem => {
    const policy = fileSystem.traits.qosPolicy;
    return policy === null || policies?.includes(policy) === false ? [] : [{ policy, fileSystem }];
  });
  return list(call, rows, ({ policy, fileSystem }) => memberItem(state, policy, fileSystem));
}

function onePolicy(
  state: BladeState,
  call: Call,
): { readonly policy: QosPolicyRecord; readonly members: FileSystemRecord[] } {
  const { policyMissing, fileSystemMissing } = state.settings.messages;
  const [policy] = named(call, state.qosPolicies, policyMissing, POLICIES) ?? [];
  const members = named(call, state.fileSystems, fileSystemMissing, MEMBERS);
  if (policy === undefined || members === undefined)
    throw refuse('Missing required parameter: policy_names, member_names.');
  return { policy, members };
}

export function postQosMembers(state: BladeState, call: Call): Plan {
  const { policy, members } = onePolicy(state, call);
  return {
    effects: [],
    commit: () => {
      for (const fileSystem of members) fileSystem.traits = { ...fileSystem.traits, qosPolicy: policy };
      return { items: members.map(fileSystem => memberItem(state, policy, fileSystem)) };
    },
  };
}

export function deleteQosMembers(state: BladeState, call: Call): Plan {
  const { policy, members } = onePolicy(state, call);
  checkEach(members, ({ name, traits }) => {
    if (traits.qosPolicy !== policy) throw refuse('Policy member does not exist.', name);
  });
  return {
    effects: [],
    commit: () => {
      for (const fileSystem of members) fileSystem.traits = { ...fileSystem.traits, qosPolicy: null };
      return NO_BODY;
    },
  };
}
