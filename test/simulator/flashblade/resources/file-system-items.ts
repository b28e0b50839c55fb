import type { JsonObject } from '../../common/json.ts';
import { fileSystemSums, spaceItem, sumFileSystems } from '../load-model.ts';
import type { FileSystemRecord, SnapshotRecord } from '../records.ts';
import { locatedReference, NO_REFERENCE, reference } from '../references.ts';
import type { BladeState } from '../state.ts';
import { defaultExport } from '../state.ts';

const NO_WORKLOAD: JsonObject = { ...NO_REFERENCE, configuration: null };
const NO_STORAGE_CLASS: JsonObject = { name: null, status: null, status_details: null, tiering_policy: NO_REFERENCE };

export function promotionStatus({ traits, copiedMs }: FileSystemRecord, nowMs: number): string {
  return nowMs < copiedMs ? 'promoting' : traits.requestedPromotion;
}

export function fileSystemItem(state: BladeState, fileSystem: FileSystemRecord, nowMs: number): JsonObject {
  const { traits, nfs } = fileSystem;
  return {
    id: fileSystem.id,
    name: fileSystem.name,
    created: fileSystem.createdMs,
    default_group_quota: traits.defaultGroupQuota,
    default_user_quota: traits.defaultUserQuota,
    destroyed: fileSystem.destroyedMs !== null,
    fast_remove_directory_enabled: traits.fastRemoveDirectory,
    hard_limit_enabled: traits.hardLimit,
    http: { enabled: traits.http },
    multi_protocol: { access_control_style: traits.accessControlStyle, safeguard_acls: traits.safeguardAcls },
    nfs: {
      rules: nfs.rules,
      export_policy: reference(defaultExport(fileSystem)?.policy ?? null, 'nfs-export-policies'),
      v3_enabled: nfs.v3,
      v4_1_enabled: nfs.v41,
    },
    promotion_status: promotionStatus(fileSystem, nowMs),
    provisioned: traits.provisioned,
    requested_promotion_state: traits.requestedPromotion,
    smb: {
      enabled: traits.smb,
      client_policy: NO_REFERENCE,
      continuous_availability_enabled: true,
      share_policy: NO_REFERENCE,
    },
    snapshot_directory_enabled: traits.snapshotDirectory,
    source: locatedReference(state, fileSystem.source, 'file-systems'),
    space: spaceItem(fileSystemSums(fileSystem, nowMs)),
    time_remaining: state.timeRemaining(fileSystem, nowMs),
    writable: traits.writable,
    context: state.context,
    eradication_config: { eradication_mode: 'permission-based', manual_eradication: traits.manualEradication },
    group_ownership: traits.groupOwnership,
    qos_policy: reference(traits.qosPolicy, 'qos-policies'),
    storage_class: NO_STORAGE_CLASS,
    realms: [],
    node_group: NO_REFERENCE,
    workload: NO_WORKLOAD,
  };
}

export function fileSystemTotal(fileSystems: readonly FileSystemRecord[], nowMs: number): JsonObject {
  const sums = sumFileSystems(fileSystems, nowMs);
  return { provisioned: sums.provisioned, space: spaceItem(sums) };
}

export function snapshotItem(state: BladeState, snapshot: SnapshotRecord, nowMs: number): JsonObject {
  const { owner, policy } = snapshot;
  const policyReference = locatedReference(state, policy, 'policies');
  return {
    id: snapshot.id,
    name: snapshot.name,
    created: snapshot.createdMs,
    destroyed: snapshot.destroyedMs !== null,
    owner: reference(owner, 'file-systems'),
    owner_destroyed: owner.destroyedMs !== null,
    policies: policy === null ? [] : [policyReference],
    policy: policyReference,
    source: locatedReference(state, owner, 'file-systems'),
    suffix: snapshot.suffix,
    time_remaining: state.timeRemaining(snapshot, nowMs),
    context: state.context,
  };
}
