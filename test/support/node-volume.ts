import type { MessageInitShape } from '@bufbuild/protobuf';
import type { NvmeProtocol } from '../../driver/src/domain/array.ts';
import { CREATED_BLANK, CREATED_BYTES } from '../../driver/src/domain/publish-context.ts';
import type { VolumeCapabilitySchema } from '../../driver/src/gen/csi_pb.js';
import { VolumeCapability_AccessMode_Mode } from '../../driver/src/gen/csi_pb.js';
import type { LabDataPlane } from '../lab/array/data-plane.ts';
import {
  ARRAY_FC_PORTS,
  ARRAY_NVME_PORTALS,
  ARRAY_PORTALS,
  FABRICS,
  fcPortName,
  hostNqn,
  initiatorName,
} from '../lab/options.ts';
import { eventually } from './eventually.ts';
import type { NodePlugin } from './node-plugin.ts';

export type Use = 'ext4' | 'xfs' | 'block';

export interface NodeVolumeOptions {
  readonly arrayIqn: string;
  /** 24 hex digits. */
  readonly serial: string;
  /** LUN, or number of the namespace. */
  readonly lun: number;
  /** Set: the volume comes by NVMe from this subsystem; absent: by iSCSI, or Fibre Channel. */
  readonly nqn?: string;
  /** How, then; absent: by TCP. */
  readonly nvme?: NvmeProtocol;
  /** The volume comes by Fibre Channel. */
  readonly isFc?: boolean;
  readonly sizeBytes: number;
  readonly use: Use;
  /** A second array that has the same volume. */
  readonly peer?: { readonly arrayIqn: string; readonly lun: number };
  /** What the node must prove to the array. */
  readonly chap?: { readonly user: string; readonly password: string };
}

const LIMIT_MS = 120_000;

/** A volume on the array guest, made by hand, and what a kubelet does with it. Each call answers its milliseconds. */
export class NodeVolume {
  readonly options: NodeVolumeOptions;
  readonly wwid: string;
  readonly stagingPath: string;
  readonly targetPath: string;
  readonly #plugin: NodePlugin;
  readonly #plane: LabDataPlane;
  readonly #volumeId: string;

  constructor(plugin: NodePlugin, plane: LabDataPlane, options: NodeVolumeOptions) {
    this.options = options;
    this.#plugin = plugin;
    this.#plane = plane;
    this.#volumeId = `6c4b1e3a-0000-4000-8000-00000000abcd/${options.serial}`;
    this.wwid = wwidOf(options);
    const { kubeletDir } = plugin;
    this.stagingPath = `${kubeletDir}/plugins/kubernetes.io/csi/pure-csi/${options.serial}/globalmount`;
    this.targetPath = `${kubeletDir}/pods/${options.serial}/volumes/kubernetes.io~csi/pv/mount`;
  }

  async create(): Promise<this> {
    const { arrayIqn, serial, sizeBytes } = this.options;
    await this.#plane.volumeCreated({ arrayIqn, name: serial, serial, sizeBytes });
    await this.connect();
    return this;
  }

  async connect(): Promise<void> {
    for (const connection of this.#connections()) await this.#plane.connected(connection);
  }

  async disconnect(): Promise<void> {
    for (const connection of this.#connections()) await this.#plane.disconnected(connection);
  }

  /** The same volume for the node of another plugin; not connected there yet. */
  on(plugin: NodePlugin, chap = this.options.chap): NodeVolume {
    return new NodeVolume(plugin, this.#plane, { ...this.options, ...(chap ? { chap } : {}) });
  }

  resize(sizeBytes: number): Promise<void> {
    const { arrayIqn, serial } = this.options;
    return this.#plane.volumeResized({ arrayIqn, name: serial, serial, sizeBytes });
  }

  async remove(): Promise<void> {
    await this.disconnect();
    await this.#plane.volumeEradicated(this.options.serial);
  }

  stage(isCreatedBlank = true): Promise<number> {
    return timed(
      this.#plugin.node.nodeStageVolume(
        {
          volumeId: this.#volumeId,
          publishContext: this.#context(),
          stagingTargetPath: this.stagingPath,
          volumeCapability: this.#capability(),
          volumeContext: { [CREATED_BLANK]: String(isCreatedBlank), [CREATED_BYTES]: String(this.options.sizeBytes) },
        },
        LIMIT_MS,
      ),
    );
  }

  /**
   * As a kubelet: again, until it is. On a machine that stands still for seconds a path may come so late, or go, that the
   * plugin refuses to look at a volume, or format it, over the others alone.
   */
  async staged(isCreatedBlank = true): Promise<void> {
    await eventually(`${this.wwid} is staged`, 90_000, () => this.stage(isCreatedBlank).then(() => true), 500);
  }

  publish(readonly = false): Promise<number> {
    return timed(
      this.#plugin.node.nodePublishVolume(
        {
          volumeId: this.#volumeId,
          publishContext: this.#context(),
          stagingTargetPath: this.stagingPath,
          targetPath: this.targetPath,
          volumeCapability: this.#capability(),
          readonly,
        },
        LIMIT_MS,
      ),
    );
  }

  unpublish(): Promise<number> {
    return timed(
      this.#plugin.node.nodeUnpublishVolume({ volumeId: this.#volumeId, targetPath: this.targetPath }, LIMIT_MS),
    );
  }

  unstage(): Promise<number> {
    const request = { volumeId: this.#volumeId, stagingTargetPath: this.stagingPath };
    return timed(this.#plugin.node.nodeUnstageVolume(request, LIMIT_MS));
  }

  /** Answers the size that the plugin says. */
  async expand(bytes: number): Promise<number> {
    const { capacityBytes } = await this.#plugin.node.nodeExpandVolume(
      {
        volumeId: this.#volumeId,
        volumePath: this.targetPath,
        stagingTargetPath: this.stagingPath,
        capacityRange: { requiredBytes: BigInt(bytes) },
      },
      LIMIT_MS,
    );
    return Number(capacityBytes);
  }

  async stats() {
    const request = { volumeId: this.#volumeId, volumePath: this.targetPath };
    return (await this.#plugin.node.nodeGetVolumeStats(request)).usage;
  }

  #connections(): readonly Parameters<LabDataPlane['connected']>[0][] {
    const { arrayIqn, serial, lun, peer, nqn, isFc = false, chap: proof } = this.options;
    const { name } = this.#plugin.guest;
    if (nqn !== undefined) return [{ transport: 'nvme', arrayNqn: nqn, serial, nqns: [hostNqn(name)], nsid: lun }];
    const chap = proof
      ? { hostUser: proof.user, hostPassword: proof.password, targetUser: null, targetPassword: null }
      : null;
    const initiators = isFc ? [] : [initiatorName(name)];
    const wwns = isFc ? FABRICS.map(fabric => fcPortName(name, fabric)) : [];
    return [{ arrayIqn, lun }, ...(peer ? [peer] : [])].map(at => ({
      transport: 'scsi',
      ...at,
      serial,
      initiators,
      arrayWwns: isFc ? ARRAY_FC_PORTS : [],
      wwns,
      chap,
    }));
  }

  #context(): Record<string, string> {
    const { arrayIqn: targetIqn, lun, peer, nqn, nvme: protocol = 'nvme-tcp', isFc = false } = this.options;
    if (isFc) {
      const targetWwpns = ARRAY_FC_PORTS.join(',').toLowerCase();
      return { protocol: 'fc', wwid: this.wwid, lun: String(lun), targetWwpns };
    }
    if (nqn !== undefined) {
      const portals = ARRAY_NVME_PORTALS.join(',');
      return { protocol, wwid: this.wwid, nsid: String(lun), targetNqn: nqn, portals };
    }
    const portals = ARRAY_PORTALS.join(',');
    const ofPeer = peer ? { peerLun: String(peer.lun), peerTargetIqn: peer.arrayIqn, peerPortals: portals } : null;
    return { protocol: 'iscsi', wwid: this.wwid, lun: String(lun), targetIqn, portals, ...ofPeer };
  }

  #capability(): MessageInitShape<typeof VolumeCapabilitySchema> {
    const { use } = this.options;
    return {
      accessMode: { mode: VolumeCapability_AccessMode_Mode.SINGLE_NODE_WRITER },
      accessType:
        use === 'block'
          ? { case: 'block' as const, value: {} }
          : { case: 'mount' as const, value: { fsType: use, mountFlags: [] } },
    };
  }
}

function wwidOf({ serial, nqn }: NodeVolumeOptions): string {
  const text = nqn === undefined ? `3624a9370${serial}` : `eui.00${serial.slice(0, 14)}24a937${serial.slice(14)}`;
  return text.toLowerCase();
}

async function timed(work: Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work;
  return Math.round(performance.now() - startMs);
}
