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

/** Only what is named: the array keeps the other limit. */
export function toPatchQos(qos: Partial<QosLimits>, minor: number): Pick<VolumePatch, 'qos'> {
  const { iopsLimit, bandwidthLimitBytesPerSecond } = qos;
  if (iopsLimit === undefined && bandwidthLimitBytesPerSecond === undefined) return {};
  const canUnset = minor >= QOS_UNSET_MINOR;
  return {
    qos: {
      ...(iopsLimit === undefined ? {} : { iops_limit: iopsLimit || (canUnset ? '' : MAX_IOPS) }),
      ...(bandwidthLimitBytesPerSecond === undefined
        ? {}
        : { bandwidth_limit: bandwidthLimitBytesPerSecond || (canUnset ? '' : MAX_BANDWIDTH) }),
    },
  };
}

export const isSameQos = (one: QosLimits, other: QosLimits): boolean =>
  one.iopsLimit === other.iopsLimit && one.bandwidthLimitBytesPerSecond === other.bandwidthLimitBytesPerSecond;
