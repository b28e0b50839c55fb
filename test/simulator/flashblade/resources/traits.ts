import { refuse } from '../../common/api-error.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { isObject } from '../../common/json.ts';
import type { FileSystemTraits, QosPolicyRecord } from '../records.ts';
import type { BladeState } from '../state.ts';

const MAX_BYTES = 2 ** 53;

export const DEFAULT_TRAITS: FileSystemTraits = {
  provisioned: null,
  hardLimit: false,
  snapshotDirectory: true,
  fastRemoveDirectory: false,
  writable: true,
  defaultUserQuota: 0,
  defaultGroupQuota: 0,
  groupOwnership: 'creator',
  smb: false,
  http: false,
  accessControlStyle: 'shared',
  safeguardAcls: true,
  requestedPromotion: 'promoted',
  manualEradication: 'enabled',
  qosPolicy: null,
};

const ACCESS_STYLES = ['nfs', 'smb', 'shared', 'independent', 'mode-bits'];

/** The old traits with what the body of a POST or PATCH changes. `""` unsets a size or a policy. */
export function changedTraits(
  state: BladeState,
  body: JsonObject,
  old: FileSystemTraits,
  name: string,
): FileSystemTraits {
  const multi = objectOf(body.multi_protocol);
  const eradication = objectOf(body.eradication_config);
  return {
    provisioned: body.provisioned === undefined ? old.provisioned : sizeOf(body.provisioned, name),
    hardLimit: flag(body.hard_limit_enabled, old.hardLimit),
    snapshotDirectory: flag(body.snapshot_directory_enabled, old.snapshotDirectory),
    fastRemoveDirectory: flag(body.fast_remove_directory_enabled, old.fastRemoveDirectory),
    writable: flag(body.writable, old.writable),
    defaultUserQuota: quotaOf(body.default_user_quota, old.defaultUserQuota, name),
    defaultGroupQuota: quotaOf(body.default_group_quota, old.defaultGroupQuota, name),
    groupOwnership: choice(
      body.group_ownership,
      ['creator', 'parent-directory'],
      old.groupOwnership,
      'group_ownership',
    ),
    smb: flag(objectOf(body.smb).enabled, old.smb),
    http: flag(objectOf(body.http).enabled, old.http),
    accessControlStyle: choice(
      multi.access_control_style,
      ACCESS_STYLES,
      old.accessControlStyle,
      'access_control_style',
    ),
    safeguardAcls: flag(multi.safeguard_acls, old.safeguardAcls),
    requestedPromotion: choice(
      body.requested_promotion_state,
      ['promoted', 'demoted'],
      old.requestedPromotion,
      'requested_promotion_state',
    ) as FileSystemTraits['requestedPromotion'],
    manualEradication: choice(
      eradication.manual_eradication,
      ['enabled', 'disabled'],
      old.manualEradication,
      'manual_eradication',
    ) as FileSystemTraits['manualEradication'],
    qosPolicy: body.qos_policy === undefined ? old.qosPolicy : qosPolicyOf(state, body.qos_policy),
  };
}

export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function flag(value: Json | undefined, old: boolean): boolean {
  return typeof value === 'boolean' ? value : old;
}

function choice(value: Json | undefined, known: readonly string[], old: string, property: string): string {
  if (value === undefined) return old;
  if (typeof value === 'string' && known.includes(value)) return value;
  throw refuse(`Invalid value for property: ${property}.`, JSON.stringify(value));
}

function sizeOf(value: Json, name: string): number | null {
  if (value === '' || value === null) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_BYTES) return value;
  throw refuse('Invalid size for file system.', name);
}

function quotaOf(value: Json | undefined, old: number, name: string): number {
  if (value === undefined) return old;
  if (value === '' || value === null) return 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw refuse('Invalid default quota for file system.', name);
}

function qosPolicyOf(state: BladeState, given: Json): QosPolicyRecord | null {
  const { name, id } = objectOf(given);
  if (given === '' || given === null || name === '' || id === '') return null;
  const found =
    typeof name === 'string'
      ? state.qosPolicies.find(name)
      : state.qosPolicies.findId(typeof id === 'string' ? id : '');
  if (found === undefined) throw refuse(state.settings.messages.policyMissing, typeof name === 'string' ? name : null);
  return found;
}
