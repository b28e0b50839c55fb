import { randomUUID } from 'node:crypto';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { NfsPublishContext } from '../../driver/src/domain/publish-context.ts';
import { encodePublishContext } from '../../driver/src/domain/publish-context.ts';
import type { VolumeCapabilitySchema } from '../../driver/src/gen/csi_pb.js';
import { VolumeCapability_AccessMode_Mode } from '../../driver/src/gen/csi_pb.js';
import type { LabFileDataPlane } from '../lab/array/file-data-plane.ts';
import type { FileDataPlaneFileSystem, FileDataPlaneRule } from '../simulator/flashblade/data-plane.ts';
import type { NodePlugin } from './node-plugin.ts';

const LIMIT_MS = 150_000;

/** A file system on an NFS server of the lab, made by hand, as an array's REST API would have it made. */
export class LabFileSystem {
  readonly id: string = randomUUID();
  readonly name = `fs-${this.id.slice(0, 8)}`;
  readonly server: string;
  readonly #plane: LabFileDataPlane;
  readonly #array: string;
  #sizeBytes: number;

  constructor(plane: LabFileDataPlane, array: string, server: string, sizeBytes: number) {
    this.#plane = plane;
    this.#array = array;
    this.server = server;
    this.#sizeBytes = sizeBytes;
  }

  async create(...clients: readonly string[]): Promise<this> {
    await this.#plane.fileSystemCreated(this.description, null);
    await this.allow(...clients);
    return this;
  }

  get description(): FileDataPlaneFileSystem {
    const { id, name } = this;
    const provisionedBytes = this.#sizeBytes;
    return { array: this.#array, id, name, provisionedBytes, hardLimit: true, snapshotDirectory: false };
  }

  /** These addresses, and no others, may read and write. */
  allow(...clients: readonly string[]): Promise<void> {
    const rules = clients.map((client): FileDataPlaneRule => ({
      client,
      permission: 'rw',
      access: 'no-squash',
      versions: ['3', '4.1'],
    }));
    return this.#plane.exportRulesChanged(this.description, rules);
  }

  async resize(sizeBytes: number): Promise<void> {
    this.#sizeBytes = sizeBytes;
    await this.#plane.fileSystemResized(this.description);
  }

  async remove(): Promise<void> {
    await this.#plane.fileSystemDestroyed(this.description);
    await this.#plane.fileSystemEradicated(this.id);
  }

  /** The volume as one node's kubelet has it. */
  on(plugin: NodePlugin, options: NfsVolumeOptions = {}): NfsVolume {
    return new NfsVolume(plugin, this, options);
  }
}

export interface NfsVolumeOptions {
  readonly version?: NfsPublishContext['version'];
  readonly mountFlags?: readonly string[];
}

/** What a kubelet does with a file system. Each call answers its milliseconds. */
export class NfsVolume {
  readonly stagingPath: string;
  readonly targetPath: string;
  readonly #plugin: NodePlugin;
  readonly #fileSystem: LabFileSystem;
  readonly #options: NfsVolumeOptions;
  readonly #volumeId: string;

  constructor(plugin: NodePlugin, fileSystem: LabFileSystem, options: NfsVolumeOptions) {
    const { kubeletDir } = plugin;
    this.#plugin = plugin;
    this.#fileSystem = fileSystem;
    this.#options = options;
    this.#volumeId = `6c4b1e3a-0000-4000-8000-00000000abcd/${fileSystem.name}`;
    this.stagingPath = `${kubeletDir}/plugins/kubernetes.io/csi/pure-csi/${fileSystem.name}/globalmount`;
    this.targetPath = `${kubeletDir}/pods/${fileSystem.name}/volumes/kubernetes.io~csi/pv/mount`;
  }

  stage(): Promise<number> {
    return this.#timed(this.#plugin.node.nodeStageVolume({ ...this.#common(), volumeContext: {} }, LIMIT_MS));
  }

  publish(readonly = false): Promise<number> {
    const { targetPath } = this;
    return this.#timed(this.#plugin.node.nodePublishVolume({ ...this.#common(), targetPath, readonly }, LIMIT_MS));
  }

  unpublish(): Promise<number> {
    const { targetPath } = this;
    return this.#timed(this.#plugin.node.nodeUnpublishVolume({ volumeId: this.#volumeId, targetPath }, LIMIT_MS));
  }

  unstage(): Promise<number> {
    const request = { volumeId: this.#volumeId, stagingTargetPath: this.stagingPath };
    return this.#timed(this.#plugin.node.nodeUnstageVolume(request, LIMIT_MS));
  }

  async expand(bytes: number): Promise<number> {
    const { targetPath: volumePath, stagingPath: stagingTargetPath } = this;
    const capacityRange = { requiredBytes: BigInt(bytes) };
    const request = { volumeId: this.#volumeId, volumePath, stagingTargetPath, capacityRange };
    return Number((await this.#plugin.node.nodeExpandVolume(request, LIMIT_MS)).capacityBytes);
  }

  async stats() {
    const request = { volumeId: this.#volumeId, volumePath: this.targetPath };
    return (await this.#plugin.node.nodeGetVolumeStats(request, LIMIT_MS)).usage;
  }

  #common() {
    const { server, name } = this.#fileSystem;
    const { version = 'auto' } = this.#options;
    return {
      volumeId: this.#volumeId,
      stagingTargetPath: this.stagingPath,
      publishContext: encodePublishContext({ protocol: 'nfs', server, exportPath: `/${name}`, version }),
      volumeCapability: this.#capability(),
    };
  }

  #capability(): MessageInitShape<typeof VolumeCapabilitySchema> {
    const mountFlags = [...(this.#options.mountFlags ?? [])];
    return {
      accessMode: { mode: VolumeCapability_AccessMode_Mode.MULTI_NODE_MULTI_WRITER },
      accessType: { case: 'mount', value: { fsType: '', mountFlags } },
    };
  }

  async #timed(work: Promise<unknown>): Promise<number> {
    const startMs = performance.now();
    await work;
    return Math.round(performance.now() - startMs);
  }
}
