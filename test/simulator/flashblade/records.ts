import type { Destroyable } from '../common/destroyable.ts';
import type { Identified } from '../common/registry.ts';

export interface NfsSettings {
  v3: boolean;
  v41: boolean;
  /** As text; empty where an export policy rules, or nothing is exported. */
  rules: string;
}

/** What PATCH changes, besides names, NFS and destruction. */
export interface FileSystemTraits {
  /** Null: unlimited. */
  provisioned: number | null;
  hardLimit: boolean;
  snapshotDirectory: boolean;
  fastRemoveDirectory: boolean;
  writable: boolean;
  defaultUserQuota: number;
  defaultGroupQuota: number;
  groupOwnership: string;
  smb: boolean;
  http: boolean;
  accessControlStyle: string;
  safeguardAcls: boolean;
  requestedPromotion: 'promoted' | 'demoted';
  manualEradication: 'enabled' | 'disabled';
  qosPolicy: QosPolicyRecord | null;
}

export interface FileSystemRecord extends Destroyable {
  readonly kind: 'file-system';
  readonly nfs: NfsSettings;
  traits: FileSystemTraits;
  /** The snapshot's file system, where it is a copy. */
  readonly source: { readonly name: string; readonly id: string } | null;
  /** A copy is whole from then on. */
  readonly copiedMs: number;
  readonly snapshots: Set<SnapshotRecord>;
  readonly exports: Set<ExportRecord>;
  readonly policies: Set<SnapshotPolicyRecord>;
  readonly quotas: QuotaRecord[];
  /** Set by tests and scenarios; null: grows and works by its seed. */
  forcedUsedBytes: number | null;
  forcedIops: number | null;
}

export interface SnapshotRecord extends Destroyable {
  readonly kind: 'snapshot';
  readonly suffix: string;
  readonly owner: FileSystemRecord;
  readonly provisioned: number | null;
  policy: SnapshotPolicyRecord | null;
  /** Was sent to the target of a replica link. */
  readonly isReplicated: boolean;
}

export interface ExportRuleRecord extends Identified {
  access: 'root-squash' | 'all-squash' | 'no-squash';
  permission: 'rw' | 'ro';
  client: string;
  anonuid: number | null;
  anongid: number | null;
  atime: boolean;
  fileid32: boolean;
  secure: boolean;
  security: readonly string[];
  transportSecurity: string;
}

export interface NfsPolicyRecord extends Identified {
  readonly createdMs: number;
  enabled: boolean;
  /** Changes with every change: clients that read an older one are refused with 412. */
  version: string;
  /** In the order they are tried. */
  rules: ExportRuleRecord[];
  /** Rules are named `policy.N`. */
  ruleCount: number;
  readonly exports: Set<ExportRecord>;
}

/** Of a file system under a policy; those by `nfs.rules` have no record. */
export interface ExportRecord extends Identified {
  exportName: string;
  readonly fileSystem: FileSystemRecord;
  policy: NfsPolicyRecord;
  server: string;
}

export interface SnapshotPolicyRecord extends Identified {
  enabled: boolean;
  rules: readonly SnapshotRule[];
  readonly members: Set<FileSystemRecord>;
}

export interface SnapshotRule {
  readonly at: number | null;
  readonly every: number | null;
  readonly keepFor: number | null;
  readonly timeZone: string | null;
}

export interface QosPolicyRecord extends Identified {
  enabled: boolean;
  maxBytesPerSec: number | null;
  maxOpsPerSec: number | null;
}

export interface QuotaRecord {
  readonly kind: 'users' | 'groups';
  readonly fileSystem: FileSystemRecord;
  /** UID or GID. */
  readonly subject: number;
  quota: number;
}

export interface ReplicaLinkRecord {
  readonly id: string;
  readonly fileSystem: FileSystemRecord;
  readonly remote: string;
  readonly remoteFileSystem: string;
}
