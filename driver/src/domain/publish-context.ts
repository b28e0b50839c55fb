import { PsoError } from './errors.ts';

/**
 * What ControllerPublishVolume tells NodeStageVolume, as CSI's string map. Written by a backend, read by the node side;
 * the node holds no array credentials, so this is all it ever learns.
 */
export interface IscsiPublishContext {
  readonly protocol: 'iscsi';
  /** `3624a9370…`, the only way a device is ever selected; the LUN alone may be reused. */
  readonly wwid: string;
  readonly lun: number;
  readonly targetIqn: string;
  /** `ip:port`, one path each; IPv6 as `[::1]:3260`. */
  readonly portals: readonly string[];
}

export type PublishContext = IscsiPublishContext;

export function encodePublishContext(context: PublishContext): Record<string, string> {
  return {
    protocol: context.protocol,
    wwid: context.wwid,
    lun: String(context.lun),
    targetIqn: context.targetIqn,
    portals: context.portals.join(','),
  };
}

const bad = (field: string, value: string | undefined): PsoError =>
  new PsoError(
    'invalid',
    `publish_context field ${field} is "${value ?? ''}", which no controller of this driver writes.`,
    'Check that controller and node plugin are of one version.',
  );

export function decodePublishContext(map: Readonly<Record<string, string>>): PublishContext {
  if (map.protocol !== 'iscsi') throw bad('protocol', map.protocol);
  const wwid = map.wwid ?? '';
  if (!/^3[0-9a-f]{32}$/.test(wwid)) throw bad('wwid', map.wwid);
  const lun = Number(map.lun);
  if (!Number.isInteger(lun) || lun < 0 || lun > 16383) throw bad('lun', map.lun);
  const targetIqn = map.targetIqn ?? '';
  if (!/^(iqn\.|eui\.|naa\.)[\w.:-]{1,219}$/.test(targetIqn)) throw bad('targetIqn', map.targetIqn);
  const portals = (map.portals ?? '').split(',');
  if (!portals.every(portal => /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]):\d{1,5}$/.test(portal))) {
    throw bad('portals', map.portals);
  }
  return { protocol: 'iscsi', wwid, lun, targetIqn, portals };
}

/** Key in volume_context, `true` only when CreateVolume made a volume without content: one of the proofs that formatting needs. */
export const CREATED_BLANK = 'pure-pso.io/created-blank';

/**
 * Key in volume_context: size in bytes at creation. Volumes only grow, so a device that is smaller is not this volume, or
 * its capacity was read wrongly. Publishing does not know the size without one more call to the array.
 */
export const CREATED_BYTES = 'pure-pso.io/created-bytes';
