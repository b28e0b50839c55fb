import type { ArrayConnection, ArrayBackend, CreateVolumeSpec, Page, PublishedVolume, PublishSpec, UsageOnArray, UsageWishes } from '../../backends/backend.ts'; // prettier-ignore
import type { ArrayObservation, ArraySettings } from '../../domain/array.ts';
import type { ArrayExamination } from '../../domain/array-check.ts';
import { TiB } from '../../domain/bytes.ts';
import type { DeletedVolume } from '../../domain/deleted-volume.ts';
import { PsoError } from '../../domain/errors.ts';
import type { PublishContext } from '../../domain/publish-context.ts';
import type { Snapshot, Volume } from '../../domain/volume.ts';
import type { VolumeChanges } from '../../domain/volume-changes.ts';
import type { VolumeDetails, VolumeFigures, VolumeLoad } from '../../domain/volume-report.ts';
import { formatHandle, wwidOf } from '../../domain/volume.ts';

/** What happens to the next calls of one kind: refused before the array acts, or acted on with the answer lost. */
export type Fault = 'refuse' | 'lose-answer';

/** An array in memory behind the port: for tests of what lies above it. */
export class MemoryBackend implements ArrayBackend {
  readonly settings: ArraySettings;
  readonly volumes = new Map<string, Volume>();
  readonly snapshots = new Map<string, Snapshot>();
  readonly connections = new Map<string, Set<string>>();
  readonly deleted: DeletedVolume[] = [];
  /** Of volumes that work, by name. */
  readonly loads = new Map<string, VolumeLoad>();
  readonly calls: string[] = [];
  readonly faults: Fault[] = [];
  /** Creates wait for it. */
  gate: Promise<void> = Promise.resolve();
  isDown = false;
  isClosed = false;
  usedBytes = 10 * TiB;
  readonly #id: string;
  readonly #name: string;

  constructor(connection: ArrayConnection, id: string, name: string) {
    this.settings = connection;
    this.#id = id;
    this.#name = name;
  }

  observe(): Promise<ArrayObservation> {
    this.#enter('observe');
    return Promise.resolve({
      identity: {
        id: this.#id,
        name: this.#name,
        kind: 'flasharray',
        model: 'FA',
        purityVersion: '6.7',
        restVersion: '2.36',
      },
      capacity: { totalBytes: 100 * TiB, usedBytes: this.usedBytes, provisionedBytes: null },
      load: null,
      protocols: ['iscsi'],
      supportsQos: true,
      warnings: [],
      observedAtMs: 0,
    });
  }

  async examine(): Promise<ArrayExamination> {
    return { observation: await this.observe(), portals: [], account: null };
  }

  async createVolume(spec: CreateVolumeSpec): Promise<Volume> {
    this.#enter(`create ${spec.name}`);
    await this.gate;
    const fault = this.faults.shift();
    if (fault === 'refuse') throw new PsoError('unavailable', `Array ${this.#name} refused the connection.`, '');
    const volume = this.volumes.get(spec.name) ?? this.#make(spec);
    this.volumes.set(spec.name, volume);
    if (fault === 'lose-answer') throw new PsoError('timeout', 'The answer was lost.', '', { finality: 'in-doubt' });
    return volume;
  }

  findVolume(name: string): Promise<Volume | null> {
    this.#enter(`find ${name}`);
    return Promise.resolve(this.volumes.get(name) ?? null);
  }

  findVolumes(names: readonly string[]): Promise<readonly Volume[]> {
    this.#enter(`find ${names.length}`);
    return Promise.resolve(names.flatMap(name => this.volumes.get(name) ?? []));
  }

  deleteVolume(name: string): Promise<void> {
    this.#enter(`delete ${name}`);
    this.volumes.delete(name);
    return Promise.resolve();
  }

  hasSnapshots(volumeName: string): Promise<boolean> {
    this.#enter(`has-snapshots ${volumeName}`);
    return Promise.resolve([...this.snapshots.keys()].some(name => name.startsWith(`${volumeName}.`)));
  }

  expandVolume(_name: string, sizeBytes: number): Promise<number> {
    this.#enter('expand');
    return Promise.resolve(sizeBytes);
  }

  modifyVolume(name: string, { qos }: VolumeChanges): Promise<void> {
    this.#enter('modify');
    const volume = this.volumes.get(name);
    if (volume) this.volumes.set(name, { ...volume, qos: { ...volume.qos, ...qos } });
    return Promise.resolve();
  }

  listVolumes(_prefix: string, page: { limit: number; token: string | null }): Promise<Page<PublishedVolume>> {
    this.#enter('list');
    const start = Number(page.token ?? 0);
    const all = [...this.volumes.values()];
    const items = all.slice(start, start + page.limit).map(volume => ({ ...volume, hostNames: [] }));
    const end = start + items.length;
    return Promise.resolve({ items, next: end < all.length ? String(end) : null });
  }

  async deletedVolumes(prefix: string, limit: number): Promise<Page<DeletedVolume>> {
    this.#enter('deleted');
    const all = this.deleted.filter(({ name }) => name.startsWith(prefix));
    return await Promise.resolve({ items: all.slice(0, limit), next: all.length > limit ? 'more' : null });
  }

  async volumeFigures(names: readonly string[]): Promise<readonly VolumeFigures[]> {
    this.#enter(`figures ${[...names].sort().join(' ')}`);
    await this.gate;
    return names.flatMap(name => {
      const volume = this.volumes.get(name);
      return volume ? [this.#figures(volume)] : [];
    });
  }

  async volumeDetails(name: string): Promise<VolumeDetails> {
    this.#enter(`details ${name}`);
    const snapshots = [...this.snapshots.values()].filter(({ source }) => source.name === name);
    return {
      snapshots: snapshots.map(({ handle, createdAtMs }) => ({ name: handle.name, createdAtMs })),
      nodes: await this.publishedNodes(name),
      decision: 'because',
    };
  }

  usage({ prefix, endMs }: UsageWishes): Promise<UsageOnArray> {
    this.#enter('usage');
    const own = [...this.volumes.values()].filter(({ handle }) => handle.name.startsWith(prefix));
    return Promise.resolve({
      history: [{ atMs: endMs, usedBytes: this.usedBytes, totalBytes: 100 * TiB }],
      largest: own.map(volume => this.#figures(volume)),
      busiest: [],
    });
  }

  publish({ volumeName, node }: PublishSpec): Promise<PublishContext> {
    this.#enter('publish');
    this.connections.set(volumeName, new Set([...(this.connections.get(volumeName) ?? []), node.name]));
    const wwid = wwidOf('AB'.repeat(12));
    return Promise.resolve({
      protocol: 'iscsi',
      wwid,
      lun: 1,
      targetIqn: 'iqn.2010-06.com.purestorage:a',
      portals: ['10.0.0.1:3260'],
    });
  }

  unpublish(volumeName: string): Promise<void> {
    this.#enter('unpublish');
    this.connections.delete(volumeName);
    return Promise.resolve();
  }

  publishedNodes(volumeName: string): Promise<readonly string[]> {
    return Promise.resolve([...(this.connections.get(volumeName) ?? [])]);
  }

  createSnapshot(volumeName: string, suffix: string): Promise<Snapshot> {
    this.#enter('snapshot');
    const source = { arrayId: this.#id, name: volumeName };
    const snapshot = {
      handle: { arrayId: this.#id, name: `${volumeName}.${suffix}` },
      source,
      sizeBytes: 1,
      createdAtMs: 0,
    };
    this.snapshots.set(snapshot.handle.name, snapshot);
    return Promise.resolve(snapshot);
  }

  deleteSnapshot(name: string): Promise<void> {
    this.snapshots.delete(name);
    return Promise.resolve();
  }

  findSnapshot(name: string): Promise<Snapshot | null> {
    return Promise.resolve(this.snapshots.get(name) ?? null);
  }

  listSnapshots(): Promise<Page<Snapshot>> {
    return Promise.resolve({ items: [...this.snapshots.values()], next: null });
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  #enter(call: string): void {
    this.calls.push(call);
    if (this.isDown) throw new PsoError('unavailable', `Array ${this.#name} does not answer.`, 'Check it.');
  }

  #figures({ handle, sizeBytes, qos }: Volume): VolumeFigures {
    const load = this.loads.get(handle.name) ?? null;
    const [usedBytes, snapshotBytes, reduction] = [sizeBytes / 4, 0, 2];
    return { handle: formatHandle(handle), sizeBytes, usedBytes, snapshotBytes, reduction, qos, load };
  }

  #make({ name, sizeBytes, qos, source }: CreateVolumeSpec): Volume {
    return {
      handle: { arrayId: this.#id, name },
      sizeBytes,
      serial: 'AB'.repeat(12),
      qos,
      sourceName: source.kind === 'blank' ? null : source.name,
      createdAtMs: 0,
      isDestroyed: false,
    };
  }
}
