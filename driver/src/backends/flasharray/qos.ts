import type { QosLimits } from '../../domain/volume.ts';
import { QOS_UNSET_MINOR, type VolumePatch, type VolumePost, type VolumeQos } from '../../rest/flasharray/volumes.ts';

/** The largest limits the array takes; below REST 2.51 they are the only way to lift one. */
const MAX_IOPS = 100_000_000;
const MAX_BANDWIDTH = 549_755_813_888;

export const fromArrayQos = (qos: VolumeQos): QosLimits => ({
  iopsLimit: qos.iopsLimit === null || qos.iopsLimit >= MAX_IOPS ? 0 : qos.iopsLimit,
  bandwidthLimitBytesPerSecond:
    qos.bandwidthLimit === null || qos.bandwidthLimit >= MAX_BANDWIDTH ? 0 : qos.bandwidthLimit,
});

/** Empty when nothing is limited. */
export function toPostQos(qos: QosLimits): Pick<VolumePost, 'qos'> {
  if (qos.iopsLimit === 0 && qos.bandwidthLimitBytesPerSecond === 0) return {};
  return {
    qos: {
      ...(qos.iopsLimit === 0 ? {} : { iops_limit: qos.iopsLimit }),
      ...(qos.bandwidthLimitBytesPerSecond === 0 ? {} : { bandwidth_limit: qos.bandwidthLimitBytesPerSecond }),
    },
  };
}

export function toPatchQos(
  qos: QosLimits,
  minor: number,
): { readonly qos: { readonly iops_limit: number | ''; readonly bandwidth_limit: number | '' } } {
  const canUnset = minor >= QOS_UNSET_MINOR;
  return {
    qos: {
      iops_limit: qos.iopsLimit || (canUnset ? '' : MAX_IOPS),
      bandwidth_limit: qos.bandwidthLimitBytesPerSecond || (canUnset ? '' : MAX_BANDWIDTH),
    },
  };
}

/** Only what is named: the array keeps the other limit. */
export function toPartialPatchQos(qos: Partial<QosLimits>, minor: number): Pick<VolumePatch, 'qos'> {
  const { iopsLimit, bandwidthLimitBytesPerSecond } = qos;
  if (iopsLimit === undefined && bandwidthLimitBytesPerSecond === undefined) return {};
  const all = toPatchQos(
    { iopsLimit: iopsLimit ?? 0, bandwidthLimitBytesPerSecond: bandwidthLimitBytesPerSecond ?? 0 },
    minor,
  ).qos;
  return {
    qos: {
      ...(iopsLimit === undefined ? {} : { iops_limit: all.iops_limit }),
      ...(bandwidthLimitBytesPerSecond === undefined ? {} : { bandwidth_limit: all.bandwidth_limit }),
    },
  };
}

export const isSameQos = (one: QosLimits, other: QosLimits): boolean =>
  one.iopsLimit === other.iopsLimit && one.bandwidthLimitBytesPerSecond === other.bandwidthLimitBytesPerSecond;
