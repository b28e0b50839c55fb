import { refuse } from '../common/api-error.ts';
import { initialConditions, type ArrayConditions } from '../common/conditions.ts';
import { expired, objectId, timeRemaining, type Destroyable } from '../common/destroyable.ts';
import type { JsonObject } from '../common/json.ts';
import { Registry } from '../common/registry.ts';
import { Seeded } from '../common/seeded.ts';
import type { FileDataPlaneFileSystem, FileDataPlaneRule } from './data-plane.ts';
import { accessRules } from './export-rules.ts';
import type { Effect } from './plan.ts';
import type {
  ExportRecord,
  FileSystemRecord,
  NfsPolicyRecord,
  QosPolicyRecord,
  ReplicaLinkRecord,
  SnapshotPolicyRecord,
  SnapshotRecord,
} from './records.ts';
import type { Settings } from './settings.ts';

/** The server that every array has; exports are visible on it unless they name another. */
export const DEFAULT_SERVER = '_array_server';

export interface Conditions extends ArrayConditions {
  /** Numbers of blades (1 …) that are out of order. */
  readonly failedBlades: Set<number>;
}

/** Everything one array knows; only `commit` of a plan changes it. */
export class BladeState {
  readonly settings: Settings;
  readonly random: Seeded;
  readonly fileSystems = new Registry<FileSystemRecord>();
  readonly snapshots = new Registry<SnapshotRecord>();
  readonly nfsPolicies = new Registry<NfsPolicyRecord>();
  readonly exports = new Registry<ExportRecord>();
  readonly snapshotPolicies = new Registry<SnapshotPolicyRecord>();
  readonly qosPolicies = new Registry<QosPolicyRecord>();
  readonly replicaLinks = new Map<string, ReplicaLinkRecord>();
  readonly destroyed = new Set<FileSystemRecord | SnapshotRecord>();
  readonly conditions: Conditions;
  #objects = 0;

  constructor(settings: Settings) {
    this.settings = settings;
    this.random = new Seeded(settings.seed ^ 0xb1ade);
    this.conditions = { ...initialConditions(settings), failedBlades: new Set() };
  }

  get reference(): JsonObject {
    return { name: this.settings.name, id: this.settings.id };
  }

  /** Since REST 2.17 items say which array answered. */
  get context(): JsonObject {
    return { ...this.reference, resource_type: 'arrays' };
  }

  /** Cheap, unique in the fleet, ascending, the same for the same history. */
  nextId(): string {
    this.#objects++;
    return objectId(this.settings.id, this.#objects);
  }

  destroy(item: FileSystemRecord | SnapshotRecord, nowMs: number): void {
    item.destroyedMs = nowMs;
    this.destroyed.add(item);
  }

  recover(item: FileSystemRecord | SnapshotRecord): void {
    item.destroyedMs = null;
    this.destroyed.delete(item);
  }

  /** Milliseconds until eradication; null while live. */
  timeRemaining(item: Destroyable, nowMs: number): number | null {
    return timeRemaining(item, this.conditions.eradicationDelayMs, nowMs);
  }

  /** Objects whose time has run out, snapshots before file systems. */
  expired(nowMs: number): (FileSystemRecord | SnapshotRecord)[] {
    const rank = { snapshot: 0, 'file-system': 1 };
    return expired(this.destroyed, rank, this.conditions.eradicationDelayMs, nowMs);
  }

  /** Files that go with it. */
  eradicationEffects(item: FileSystemRecord | SnapshotRecord): Effect[] {
    if (item.kind === 'snapshot') return [plane => plane.snapshotEradicated(item.id)];
    const own: Effect = plane => plane.fileSystemEradicated(item.id);
    return [...[...item.snapshots].flatMap(snapshot => this.eradicationEffects(snapshot)), own];
  }

  eradicate(item: FileSystemRecord | SnapshotRecord): void {
    this.destroyed.delete(item);
    if (item.kind === 'snapshot') {
      this.snapshots.remove(item);
      item.owner.snapshots.delete(item);
      return;
    }
    for (const snapshot of [...item.snapshots]) this.eradicate(snapshot);
    for (const exported of [...item.exports]) this.removeExport(exported);
    for (const policy of item.policies) policy.members.delete(item);
    for (const link of this.linksOf(item)) this.replicaLinks.delete(link.id);
    this.fileSystems.remove(item);
  }

  addExport(exported: ExportRecord): void {
    this.exports.add(exported);
    exported.fileSystem.exports.add(exported);
    exported.policy.exports.add(exported);
  }

  removeExport(exported: ExportRecord): void {
    this.exports.remove(exported);
    exported.fileSystem.exports.delete(exported);
    exported.policy.exports.delete(exported);
  }

  linksOf(fileSystem: FileSystemRecord): ReplicaLinkRecord[] {
    return [...this.replicaLinks.values()].filter(link => link.fileSystem === fileSystem);
  }

  fileSystem(name: string): FileSystemRecord {
    const found = this.fileSystems.find(name);
    if (found === undefined) throw refuse(this.settings.messages.fileSystemMissing, name);
    return found;
  }

  nfsPolicy(name: string): NfsPolicyRecord {
    const found = this.nfsPolicies.find(name);
    if (found === undefined) throw refuse(this.settings.messages.policyMissing, name);
    return found;
  }

  /** How the data plane knows a file system; `next` is what a plan is about to make of it. */
  dataOf(
    { id, name, traits }: FileSystemRecord,
    next: Partial<Pick<FileSystemRecord, 'name' | 'traits'>> = {},
  ): FileDataPlaneFileSystem {
    const shown = next.traits ?? traits;
    return {
      array: this.settings.name,
      id,
      name: next.name ?? name,
      provisionedBytes: shown.provisioned,
      hardLimit: shown.hardLimit,
      snapshotDirectory: shown.snapshotDirectory,
    };
  }
}

/** The export that clients mount by the file system's own name; the deprecated `nfs.export_policy` shows its policy. */
export function defaultExport({ name, exports }: FileSystemRecord): ExportRecord | null {
  for (const exported of exports) {
    if (exported.server === DEFAULT_SERVER && exported.exportName.toLowerCase() === name.toLowerCase()) return exported;
  }
  return null;
}

/** Whether anybody may mount a file system by its own name now: cheaper than to list them. */
export function isExported(fileSystem: FileSystemRecord): boolean {
  const { destroyedMs, nfs, exports } = fileSystem;
  if (destroyedMs !== null || !(nfs.v3 || nfs.v41)) return false;
  const policy = exports.size === 0 ? undefined : defaultExport(fileSystem)?.policy;
  return policy === undefined ? nfs.rules !== '' : policy.enabled && policy.rules.length > 0;
}

/** Who may mount a file system by its own name now. */
export function currentAccess(fileSystem: FileSystemRecord): FileDataPlaneRule[] {
  if (fileSystem.destroyedMs !== null) return [];
  return accessRules(fileSystem.nfs, defaultExport(fileSystem)?.policy ?? null);
}
