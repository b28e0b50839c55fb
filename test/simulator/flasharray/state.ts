import type { ApiError } from '../common/api-error.ts';
import { refuse } from '../common/api-error.ts';
import { initialConditions, type ArrayConditions } from '../common/conditions.ts';
import { expired, objectId, timeRemaining, type Destroyable } from '../common/destroyable.ts';
import type { JsonObject } from '../common/json.ts';
import type { Settings } from './settings.ts';
import type { Effect } from './plan.ts';
import { Sessions } from './sessions.ts';
import { Registry } from '../common/registry.ts';
import type {
  AnyDestroyable,
  ConnectionRecord,
  GroupSnapshotRecord,
  HostGroupRecord,
  HostRecord,
  PodRecord,
  ProtectionGroupRecord,
  SnapshotRecord,
  TagRecord,
  VolumeGroupRecord,
  VolumeRecord,
} from './records.ts';
import { podOf } from './records.ts';
import type { ArrayNetwork } from './array-network.ts';
import { Seeded } from '../common/seeded.ts';

export interface Conditions extends ArrayConditions {
  capacityBytes: number;
  /** Of a Cloud Block Store: asked for, and when it will be there. */
  growth: { readonly bytes: number; readonly readyMs: number } | null;
  model: string;
  readonly controllers: Record<'CT0' | 'CT1', 'ready' | 'not ready' | 'updating'>;
  /** Of stretched pods. */
  isMediatorReachable: boolean;
}

/** Everything one array knows; only `commit` of a plan changes it. */
export class ArrayState {
  readonly settings: Settings;
  readonly random: Seeded;
  readonly volumes = new Registry<VolumeRecord>();
  readonly snapshots = new Registry<SnapshotRecord>();
  readonly hosts = new Registry<HostRecord>();
  readonly hostGroups = new Registry<HostGroupRecord>();
  readonly pods = new Registry<PodRecord>();
  readonly volumeGroups = new Registry<VolumeGroupRecord>();
  readonly protectionGroups = new Registry<ProtectionGroupRecord>();
  readonly groupSnapshots = new Registry<GroupSnapshotRecord>();
  readonly connections = new Set<ConnectionRecord>();
  readonly destroyed = new Set<AnyDestroyable>();
  /** Names of protection groups that new volumes join: by pod id, '' for the array itself. */
  readonly defaultProtection = new Map<string, readonly string[]>();
  /** Initiator (lower case) → its host. */
  readonly initiators = new Map<string, HostRecord>();
  readonly sessions: Sessions;
  readonly conditions: Conditions;
  tags: TagRecord[];
  cloudTags: { readonly key: string; readonly value: string }[] = [];
  readonly network: ArrayNetwork;
  /** A data plane holds the volumes' data. */
  holdsData = false;
  /** With a data plane, calls that touch data wait here for their turn. */
  turn: Promise<unknown> = Promise.resolve();
  #serials = 0;

  constructor(settings: Settings, network: ArrayNetwork) {
    this.settings = settings;
    this.network = network;
    this.random = new Seeded(settings.seed ^ 0x51f15e);
    this.sessions = new Sessions(settings, this.random);
    this.tags = Object.entries(settings.tags).map(([key, value]) => ({
      namespace: 'default',
      key,
      value,
      copyable: false,
    }));
    this.conditions = {
      ...initialConditions(settings),
      capacityBytes: settings.capacityBytes,
      growth: null,
      model: settings.model,
      controllers: { CT0: 'ready', CT1: 'ready' },
      isMediatorReachable: true,
    };
  }

  get id(): string {
    return this.settings.id;
  }

  get name(): string {
    return this.settings.name;
  }

  get reference(): JsonObject {
    return { name: this.name, id: this.id };
  }

  /** Bytes; a growth that was asked for takes its time. */
  capacityBytes(nowMs: number): number {
    const { capacityBytes, growth } = this.conditions;
    return growth !== null && growth.readyMs <= nowMs ? growth.bytes : capacityBytes;
  }

  /** A new serial: 16 digits of the array, 8 that count. */
  nextSerial(): string {
    this.#serials++;
    const prefix = this.settings.id.replaceAll('-', '').slice(0, 16);
    return `${prefix}${(0x11000 + this.#serials).toString(16).padStart(8, '0')}`.toUpperCase();
  }

  /** Cheap, unique in the fleet, the same for the same history. */
  nextId(): string {
    return objectId(this.settings.id, this.network.nextObject());
  }

  /** Arrays that hold it: this one, or all of its pod. */
  homesOf(item: AnyDestroyable): readonly ArrayState[] {
    const pod = podOf(item);
    return pod === null ? [this] : pod.members.map(({ state }) => state);
  }

  registryOf(kind: AnyDestroyable['kind']): Registry<AnyDestroyable> {
    const registries = {
      pod: this.pods,
      volume: this.volumes,
      snapshot: this.snapshots,
      'volume-group': this.volumeGroups,
      'protection-group': this.protectionGroups,
      'group-snapshot': this.groupSnapshots,
    };
    return registries[kind];
  }

  /** Lists a new object, on all arrays that hold it. */
  enroll(item: AnyDestroyable): void {
    for (const home of this.homesOf(item)) home.registryOf(item.kind).add(item);
  }

  rename(item: AnyDestroyable, name: string): void {
    const oldName = item.name;
    for (const home of this.homesOf(item)) home.registryOf(item.kind).rename(item, name, oldName);
  }

  destroy(item: AnyDestroyable, nowMs: number): void {
    item.destroyedMs = nowMs;
    for (const home of this.homesOf(item)) home.destroyed.add(item);
  }

  recover(item: AnyDestroyable): void {
    item.destroyedMs = null;
    for (const home of this.homesOf(item)) home.destroyed.delete(item);
  }

  /** Milliseconds until eradication; null while live. */
  timeRemaining(item: Destroyable, nowMs: number): number | null {
    return timeRemaining(item, this.conditions.eradicationDelayMs, nowMs);
  }

  /** Objects whose time has run out, snapshots before volumes before containers. */
  expired(nowMs: number): AnyDestroyable[] {
    const rank = { snapshot: 0, 'group-snapshot': 1, volume: 2, 'protection-group': 3, 'volume-group': 4, pod: 5 };
    return expired(this.destroyed, rank, this.conditions.eradicationDelayMs, nowMs);
  }

  /** Data that goes with it. */
  eradicationEffects(item: AnyDestroyable): Effect[] {
    if (item.kind === 'snapshot') return [plane => plane.snapshotEradicated(item.serial)];
    if (item.kind === 'group-snapshot') return item.members.flatMap(member => this.eradicationEffects(member));
    if (item.kind !== 'volume') return [];
    const own: Effect = plane => plane.volumeEradicated(item.serial);
    return [...[...item.snapshots].flatMap(snapshot => this.eradicationEffects(snapshot)), own];
  }

  eradicate(item: AnyDestroyable): void {
    if (item.kind === 'group-snapshot') {
      this.network.transfers = this.network.transfers.filter(({ snapshot }) => snapshot !== item);
    }
    if (item.kind === 'group-snapshot') for (const member of item.members) this.eradicate(member);
    if (item.kind === 'volume') for (const snapshot of [...item.snapshots]) this.eradicate(snapshot);
    for (const home of this.homesOf(item)) {
      home.destroyed.delete(item);
      home.registryOf(item.kind).remove(item);
    }
    if (item.kind === 'snapshot') item.volume.snapshots.delete(item);
    if (item.kind === 'volume') for (const group of item.protectionGroups) group.volumes.delete(item);
    if (item.kind === 'protection-group') for (const volume of item.volumes) volume.protectionGroups.delete(item);
  }

  volume(name: string): VolumeRecord {
    return this.volumes.find(name) ?? missing(VOLUME_MISSING, name);
  }

  host(name: string): HostRecord {
    return this.hosts.find(name) ?? missing('Host does not exist.', name);
  }

  hostGroup(name: string): HostGroupRecord {
    return this.hostGroups.find(name) ?? missing('Host group does not exist.', name);
  }

  pod(name: string): PodRecord {
    return this.pods.find(name) ?? missing('Pod does not exist.', name);
  }

  protectionGroup(name: string): ProtectionGroupRecord {
    return this.protectionGroups.find(name) ?? missing('Protection group does not exist.', name);
  }

  volumeGroup(name: string): VolumeGroupRecord {
    return this.volumeGroups.find(name) ?? missing('Volume group does not exist.', name);
  }
}

/** Ids that `nextId` made ascend with it. */
export function sequenceOf(id: string): number {
  return Number.parseInt(id.slice(-12), 16);
}

export const VOLUME_MISSING = 'Volume does not exist.';
export const SNAPSHOT_MISSING = 'No such volume or snapshot.';

export function missing(message: string, name: string): never {
  const error: ApiError = refuse(message, name);
  throw error;
}
