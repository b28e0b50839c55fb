import { PsoError } from '../domain/errors.ts';
import { CREATED_BLANK, CREATED_BYTES, decodePublishContext } from '../domain/publish-context.ts';
import type {
  Node,
  NodeExpandVolumeRequest,
  NodePublishVolumeRequest,
  NodeStageVolumeRequest,
  VolumeCapability,
} from '../gen/csi_pb.js';
import { NodeServiceCapability_RPC_Type, VolumeCapability_AccessMode_Mode, VolumeUsage_Unit } from '../gen/csi_pb.js';
import type { NodeAccess, NodeStorage, PublishRequest, VolumeStats, VolumeUse } from '../node/node-storage.ts';
import type { UnaryHandlers } from './grpc-service.ts';

export interface NodeFacts {
  /** See domain/node-id.ts. */
  readonly nodeId: string;
  /** 0: the orchestrator's default, i.e. no limit of ours. */
  readonly maxVolumes: number;
  /** Topology segments, see kube/node-labels.ts; never none, as a provisioner with topology enabled needs one. */
  readonly segments: Readonly<Record<string, string>>;
}

export interface NodeServiceParts {
  readonly storage: NodeStorage;
  /** Read anew at each registration, as labels and initiator name may change. */
  readonly facts: () => Promise<NodeFacts>;
  /** For a mount capability without a file system type. */
  readonly defaultFsType: string;
  /** For a mount capability of a block volume without mount flags, i.e. a class without mountOptions. */
  readonly defaultMountOptions: readonly string[];
}

type Defaults = Pick<NodeServiceParts, 'defaultFsType' | 'defaultMountOptions'>;

/** The array makes the file system, and options of ext4 or xfs mean nothing to it. */
const NO_DEFAULTS: Defaults = { defaultFsType: '', defaultMountOptions: [] };

const CREATE_OPTIONS = 'createoptions';

/** The Node service over any NodeStorage: proto words end here. */
export function nodeService(parts: NodeServiceParts): UnaryHandlers<typeof Node> {
  const { storage } = parts;
  const useOf = (request: NodeStageVolumeRequest | NodePublishVolumeRequest): VolumeUse =>
    toUse(request.volumeCapability, request.publishContext.protocol === 'nfs' ? NO_DEFAULTS : parts);
  return {
    nodeStageVolume: async request => {
      await storage.stage(toStageRequest(request, useOf(request)));
      return {};
    },
    nodeUnstageVolume: async request => {
      const volumeId = requireText('volume_id', request.volumeId);
      await storage.unstage(volumeId, requireText('staging_target_path', request.stagingTargetPath));
      return {};
    },
    nodePublishVolume: async request => {
      refuseInline(request.volumeContext);
      await storage.publish(toPublishRequest(request, useOf(request)));
      return {};
    },
    nodeUnpublishVolume: async request => {
      const volumeId = requireText('volume_id', request.volumeId);
      await storage.unpublish(volumeId, requireText('target_path', request.targetPath));
      return {};
    },
    nodeExpandVolume: async request => ({ capacityBytes: BigInt(await storage.expand(toExpandRequest(request))) }),
    nodeGetVolumeStats: async request => {
      const volumeId = requireText('volume_id', request.volumeId);
      return { usage: toUsage(await storage.stats(volumeId, requireText('volume_path', request.volumePath))) };
    },
    nodeGetCapabilities: () => Promise.resolve({ capabilities: CAPABILITIES }),
    nodeGetInfo: async () => {
      const { nodeId, maxVolumes, segments } = await parts.facts();
      return {
        nodeId,
        maxVolumesPerNode: BigInt(maxVolumes),
        accessibleTopology: { segments: { ...segments } },
      };
    },
  };
}

const { STAGE_UNSTAGE_VOLUME, EXPAND_VOLUME, GET_VOLUME_STATS, SINGLE_NODE_MULTI_WRITER } =
  NodeServiceCapability_RPC_Type;

const CAPABILITIES = [STAGE_UNSTAGE_VOLUME, EXPAND_VOLUME, GET_VOLUME_STATS, SINGLE_NODE_MULTI_WRITER].map(type => ({
  type: { case: 'rpc' as const, value: { type } },
}));

function requireText(field: string, value: string): string {
  if (value !== '') return value;
  throw new PsoError('field-missing', `${field} is missing.`, 'CSI requires it.');
}

function toUse(capability: VolumeCapability | undefined, defaults: Defaults): VolumeUse {
  const type = capability?.accessType;
  if (type?.case === 'block') return { kind: 'block' };
  if (type?.case === 'mount') {
    const { fsType, mountFlags } = type.value;
    return {
      kind: 'mount',
      fsType: fsType || defaults.defaultFsType,
      mountFlags: mountFlags.length > 0 ? mountFlags : defaults.defaultMountOptions,
    };
  }
  throw new PsoError(
    'field-missing',
    'volume_capability is missing, or is neither mount nor block.',
    'CSI requires it.',
  );
}

function toAccess(capability: VolumeCapability | undefined): NodeAccess {
  const mode = capability?.accessMode?.mode ?? VolumeCapability_AccessMode_Mode.UNKNOWN;
  switch (mode) {
    case VolumeCapability_AccessMode_Mode.SINGLE_NODE_READER_ONLY:
    case VolumeCapability_AccessMode_Mode.MULTI_NODE_READER_ONLY:
      return 'reader';
    case VolumeCapability_AccessMode_Mode.SINGLE_NODE_SINGLE_WRITER:
      return 'single';
    case VolumeCapability_AccessMode_Mode.UNKNOWN:
      throw new PsoError('field-missing', 'volume_capability.access_mode is missing.', 'CSI requires it.');
    default:
      return 'shared';
  }
}

/** 0 for a volume that was made before sizes were noted, or by hand. */
const toBytes = (text: string | undefined): number => (/^\d{1,16}$/.test(text ?? '') ? Number(text) : 0);

function toStageRequest(request: NodeStageVolumeRequest, use: VolumeUse): Parameters<NodeStorage['stage']>[0] {
  return {
    volumeId: requireText('volume_id', request.volumeId),
    stagingPath: requireText('staging_target_path', request.stagingTargetPath),
    context: decodePublishContext(request.publishContext),
    use,
    access: toAccess(request.volumeCapability),
    createOptions: request.volumeContext[CREATE_OPTIONS] ?? '',
    isCreatedBlank: request.volumeContext[CREATED_BLANK] === 'true',
    createdBytes: toBytes(request.volumeContext[CREATED_BYTES]),
  };
}

function toPublishRequest(request: NodePublishVolumeRequest, use: VolumeUse): PublishRequest {
  const volumeId = requireText('volume_id', request.volumeId);
  const targetPath = requireText('target_path', request.targetPath);
  const access = toAccess(request.volumeCapability);
  if (request.stagingTargetPath === '') {
    throw new PsoError(
      'not-staged',
      'staging_target_path is missing: the volume is not staged.',
      'Call NodeStageVolume.',
    );
  }
  return {
    volumeId,
    targetPath,
    stagingPath: request.stagingTargetPath,
    use,
    access,
    readOnly: request.readonly || access === 'reader',
    context: decodePublishContext(request.publishContext),
  };
}

function toExpandRequest(request: NodeExpandVolumeRequest): Parameters<NodeStorage['expand']>[0] {
  const required = Number(request.capacityRange?.requiredBytes ?? 0n);
  const limit = Number(request.capacityRange?.limitBytes ?? 0n);
  if (limit > 0 && limit < required) {
    throw new PsoError(
      'size-impossible',
      `capacity_range: limit_bytes ${limit} is below required_bytes ${required}.`,
      'Ask for a size within the limit.',
    );
  }
  return {
    volumeId: requireText('volume_id', request.volumeId),
    volumePath: requireText('volume_path', request.volumePath),
    stagingPath: request.stagingTargetPath || null,
    requiredBytes: required,
  };
}

/** The kubelet says so for a volume that stands in the pod itself: see docs/decisions/0007. */
function refuseInline(volumeContext: Readonly<Record<string, string>>): void {
  if (volumeContext['csi.storage.k8s.io/ephemeral'] !== 'true') return;
  throw new PsoError(
    'inline-volume-unsupported',
    'The pod has an inline volume of this driver (csi: in the pod), which nobody could place, count or clean up.',
    'Use ephemeral.volumeClaimTemplate with a storage class of this driver instead.',
  );
}

interface Usage {
  readonly unit: VolumeUsage_Unit;
  readonly total: bigint;
  readonly available?: bigint;
  readonly used?: bigint;
}

function toUsage(stats: VolumeStats): Usage[] {
  if (stats.kind === 'block') return [{ unit: VolumeUsage_Unit.BYTES, total: BigInt(stats.totalBytes) }];
  return [
    {
      unit: VolumeUsage_Unit.BYTES,
      total: BigInt(stats.totalBytes),
      available: BigInt(stats.availableBytes),
      used: BigInt(stats.usedBytes),
    },
    {
      unit: VolumeUsage_Unit.INODES,
      total: BigInt(stats.totalInodes),
      available: BigInt(stats.freeInodes),
      used: BigInt(stats.totalInodes - stats.freeInodes),
    },
  ];
}
