import type { NvmeProtocol } from './array.ts';
import { PsoError } from './errors.ts';

/*
 * What ControllerPublishVolume tells NodeStageVolume, as CSI's string map. Written by a backend, read by the node side;
 * the node holds no array credentials, so this is all it ever learns.
 */

/** One array's way to a volume. */
export interface IscsiTarget {
  readonly lun: number;
  readonly targetIqn: string;
  /** `ip:port`, one path each; IPv6 as `[::1]:3260`. */
  readonly portals: readonly string[];
}

export interface IscsiPublishContext extends IscsiTarget {
  readonly protocol: 'iscsi';
  /** `3624a9370…`, the only way a device is ever selected; the LUN alone may be reused. */
  readonly wwid: string;
  /** The other array of a stretched pod: more paths to the same volume. */
  readonly peer?: IscsiTarget;
}

/** All arrays' ways to the volume. */
export const iscsiTargets = ({ peer, lun, targetIqn, portals }: IscsiPublishContext): readonly IscsiTarget[] => [
  { lun, targetIqn, portals },
  ...(peer ? [peer] : []),
];

export interface NvmePublishContext {
  readonly protocol: NvmeProtocol;
  /** `eui.00…24a937…`, 32 hex digits: the namespace's NGUID as the kernel shows it, the only way a device is ever selected. */
  readonly wwid: string;
  /** Number of the namespace in its subsystem; a device with another one is a leftover, whatever its NGUID says. */
  readonly nsid: number;
  readonly targetNqn: string;
  /** `ip:port`, one path each. */
  readonly portals: readonly string[];
}

/** One array's way to a volume over Fibre Channel. */
export interface FcTarget {
  readonly lun: number;
  /** Ports of the array, 16 lower-case hex digits each. Which of them a node sees is the switches' matter (zoning). */
  readonly targetWwpns: readonly string[];
}

export interface FcPublishContext extends FcTarget {
  readonly protocol: 'fc';
  /** As by iSCSI. */
  readonly wwid: string;
  /** The other array of a stretched pod. */
  readonly peer?: FcTarget;
}

export const fcTargets = ({ peer, lun, targetWwpns }: FcPublishContext): readonly FcTarget[] => [
  { lun, targetWwpns },
  ...(peer ? [peer] : []),
];

export interface NfsPublishContext {
  readonly protocol: 'nfs';
  /** Data address of the FlashBlade: host name or address, IPv6 without brackets. */
  readonly server: string;
  /** `/name`. */
  readonly exportPath: string;
  /** `auto`: 4.1, and 3 when the server does not speak it; an explicit version never falls back. */
  readonly version: 'auto' | '3' | '4.1';
}

export type SanPublishContext = IscsiPublishContext | NvmePublishContext | FcPublishContext;
/** SCSI: LUNs, and one WWID whichever way. */
export type ScsiPublishContext = IscsiPublishContext | FcPublishContext;
export type PublishContext = SanPublishContext | NfsPublishContext;

type Fields = Readonly<Record<string, string>>;

const SCSI_WWID = /^3[0-9a-f]{32}$/;
const NVME_WWID = /^eui\.[0-9a-f]{32}$/;
const IQN = /^(iqn\.|eui\.|naa\.)[\w.:-]{1,219}$/;
const NQN = /^nqn\.[\w.:-]{1,219}$/;
const PORTAL = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]):\d{1,5}$/;
/** 0xFFFFFFFF means all namespaces (NVM Express base specification). */
const MAX_NSID = 0xffff_fffe;
const WWPN = /^[0-9a-f]{16}$/;
const SERVER = /^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9a-fA-F:]{2,39})$/;
const EXPORT_PATH = /^\/[A-Za-z0-9][\w.-]{0,127}$/;
const NFS_VERSION = /^(auto|3|4\.1)$/;

/** CSI's map of a context: lists joined by commas, numbers as text; a node plugin that knows no peer goes without. */
export function encodePublishContext(context: PublishContext): Record<string, string> {
  const own = Object.entries(context).filter(([key]) => key !== 'peer');
  return Object.fromEntries(
    [...own, ...Object.entries(peerFields(context))].map(
      ([key, value]: [string, string | number | readonly string[]]) => [
        key,
        typeof value === 'object' ? value.join(',') : String(value),
      ],
    ),
  );
}

function peerFields(context: PublishContext): Record<string, string | number | readonly string[]> {
  if (context.protocol === 'iscsi' && context.peer) {
    const { lun, targetIqn, portals } = context.peer;
    return { peerLun: lun, peerTargetIqn: targetIqn, peerPortals: portals };
  }
  if (context.protocol !== 'fc' || !context.peer) return {};
  return { peerLun: context.peer.lun, peerTargetWwpns: context.peer.targetWwpns };
}

const bad = (field: string, value: string | undefined): PsoError =>
  new PsoError(
    'publish-context-invalid',
    `publish_context field ${field} is "${value ?? ''}", which no controller of this driver writes.`,
    'Check that controller and node plugin are of one version.',
  );

function textField(map: Fields, field: string, shape: RegExp): string {
  const value = map[field] ?? '';
  if (shape.test(value)) return value;
  throw bad(field, map[field]);
}

function listField(map: Fields, field: string, shape: RegExp): readonly string[] {
  const values = (map[field] ?? '').split(',');
  if (values.every(value => shape.test(value))) return values;
  throw bad(field, map[field]);
}

function numberField(map: Fields, field: string, least: number, most: number): number {
  const number = Number(textField(map, field, /^\d{1,10}$/));
  if (number >= least && number <= most) return number;
  throw bad(field, map[field]);
}

const lunField = (map: Fields, field = 'lun'): number => numberField(map, field, 0, 16_383);

function fcPeerOf(map: Fields): { readonly peer?: FcTarget } {
  if (map.peerTargetWwpns === undefined) return {};
  return { peer: { lun: lunField(map, 'peerLun'), targetWwpns: listField(map, 'peerTargetWwpns', WWPN) } };
}

function peerOf(map: Fields): { readonly peer?: IscsiTarget } {
  if (map.peerTargetIqn === undefined) return {};
  return {
    peer: {
      lun: lunField(map, 'peerLun'),
      targetIqn: textField(map, 'peerTargetIqn', IQN),
      portals: listField(map, 'peerPortals', PORTAL),
    },
  };
}

/** Throws `invalid` naming the first field that has no shape of ours: nothing of it may reach a command line. */
export function decodePublishContext(map: Fields): PublishContext {
  switch (map.protocol) {
    case 'iscsi':
      return {
        protocol: 'iscsi',
        wwid: textField(map, 'wwid', SCSI_WWID),
        lun: lunField(map),
        targetIqn: textField(map, 'targetIqn', IQN),
        portals: listField(map, 'portals', PORTAL),
        ...peerOf(map),
      };
    case 'nvme-tcp':
    case 'nvme-roce':
      return {
        protocol: map.protocol,
        wwid: textField(map, 'wwid', NVME_WWID),
        nsid: numberField(map, 'nsid', 1, MAX_NSID),
        targetNqn: textField(map, 'targetNqn', NQN),
        portals: listField(map, 'portals', PORTAL),
      };
    case 'fc':
      return {
        protocol: 'fc',
        wwid: textField(map, 'wwid', SCSI_WWID),
        lun: lunField(map),
        targetWwpns: listField(map, 'targetWwpns', WWPN),
        ...fcPeerOf(map),
      };
    case 'nfs':
      return {
        protocol: 'nfs',
        server: textField(map, 'server', SERVER),
        exportPath: textField(map, 'exportPath', EXPORT_PATH),
        version: textField(map, 'version', NFS_VERSION) as NfsPublishContext['version'],
      };
    default:
      throw bad('protocol', map.protocol);
  }
}

/** Key in volume_context, `true` only when CreateVolume made a volume without content: one of the proofs that formatting needs. */
export const CREATED_BLANK = 'pure-pso.io/created-blank';

/**
 * Key in volume_context: size in bytes at creation. Volumes only grow, so a device that is smaller is not this volume, or
 * its capacity was read wrongly. Publishing does not know the size without one more call to the array.
 */
export const CREATED_BYTES = 'pure-pso.io/created-bytes';

/** Key in volume_context: data address that the class names for nodes to mount from, instead of the array's own. */
export const NFS_ENDPOINT = 'nfs_endpoint';
