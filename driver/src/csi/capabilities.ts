import { PsoError } from '../domain/errors.ts';
import { VolumeCapability_AccessMode_Mode as Mode } from '../gen/csi_pb.js';
import type { VolumeCapability } from '../gen/csi_pb.js';

const SINGLE_NODE: ReadonlySet<Mode> = new Set([
  Mode.SINGLE_NODE_WRITER,
  Mode.SINGLE_NODE_READER_ONLY,
  Mode.SINGLE_NODE_SINGLE_WRITER,
  Mode.SINGLE_NODE_MULTI_WRITER,
]);

const modeOf = (capability: VolumeCapability): Mode => capability.accessMode?.mode ?? Mode.UNKNOWN;

export const isSingleNode = (capability: VolumeCapability): boolean => SINGLE_NODE.has(modeOf(capability));

/** Why a block volume can't be used so, as a sentence; null when it can. */
export function refuseCapabilities(capabilities: readonly VolumeCapability[]): string | null {
  for (const capability of capabilities) {
    const mode = modeOf(capability);
    if (capability.accessType.case === undefined) return 'volume_capability has neither block nor mount.';
    if (mode === Mode.UNKNOWN) return 'volume_capability has no access_mode.';
    // Two kernels on one ext4 or xfs destroy it.
    if (capability.accessType.case === 'mount' && !SINGLE_NODE.has(mode)) {
      return `Access mode ${Mode[mode]} needs volumeMode: Block; a file system on a block volume is for one node.`;
    }
  }
  return null;
}

export function checkCapabilities(capabilities: readonly VolumeCapability[]): void {
  const refusal = refuseCapabilities(capabilities);
  if (refusal !== null)
    throw new PsoError('access-mode-unsupported', refusal, 'Use ReadWriteOnce, ReadWriteOncePod or volumeMode: Block.');
}
