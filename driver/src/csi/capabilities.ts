import type { BackendType } from '../domain/array.ts';
import { PsoError } from '../domain/errors.ts';
import { NFS_ENDPOINT } from '../domain/publish-context.ts';
import { VolumeCapability_AccessMode_Mode as Mode } from '../gen/csi_pb.js';
import type { VolumeCapability } from '../gen/csi_pb.js';
import type { NfsWishes } from '../orchestrator/requests.ts';

const SINGLE_NODE: ReadonlySet<Mode> = new Set([
  Mode.SINGLE_NODE_WRITER,
  Mode.SINGLE_NODE_READER_ONLY,
  Mode.SINGLE_NODE_SINGLE_WRITER,
  Mode.SINGLE_NODE_MULTI_WRITER,
]);

const modeOf = (capability: VolumeCapability): Mode => capability.accessMode?.mode ?? Mode.UNKNOWN;

export const isSingleNode = (capability: VolumeCapability): boolean => SINGLE_NODE.has(modeOf(capability));

function refuseOne(capability: VolumeCapability, backend: BackendType): string | null {
  const mode = modeOf(capability);
  const isBlock = capability.accessType.case === 'block';
  if (capability.accessType.case === undefined) return 'volume_capability has neither block nor mount.';
  if (mode === Mode.UNKNOWN) return 'volume_capability has no access_mode.';
  if (backend === 'file') return isBlock ? 'volumeMode: Block needs a block volume, and this is a file system.' : null;
  // Two kernels on one ext4 or xfs destroy it.
  if (isBlock || SINGLE_NODE.has(mode)) return null;
  return `Access mode ${Mode[mode]} needs volumeMode: Block; a file system on a block volume is for one node.`;
}

/** Why a volume of that kind can't be used so, as a sentence; null when it can. */
export const refuseCapabilities = (capabilities: readonly VolumeCapability[], backend: BackendType): string | null =>
  capabilities.map(capability => refuseOne(capability, backend)).find(text => text !== null) ?? null;

const NEXT_STEP: Readonly<Record<BackendType, string>> = {
  block: 'Use ReadWriteOnce, ReadWriteOncePod or volumeMode: Block, or a class with backend: file.',
  file: 'Use volumeMode: Filesystem, or a class with backend: block.',
};

export function checkCapabilities(capabilities: readonly VolumeCapability[], backend: BackendType): void {
  const refusal = refuseCapabilities(capabilities, backend);
  if (refusal !== null) throw new PsoError('access-mode-unsupported', refusal, NEXT_STEP[backend]);
}

/** As the node reads them; what it does not know it refuses itself. */
function nfsVersionOf(capability: VolumeCapability): NfsWishes['version'] {
  const flags = capability.accessType.case === 'mount' ? capability.accessType.value.mountFlags : [];
  const asked = flags
    .flatMap(flag => flag.split(','))
    .map(token => /^(?:nfs)?vers=(3|4|4\.1)$/.exec(token.trim())?.[1])
    .find(version => version !== undefined);
  if (asked === undefined) return 'auto';
  // FlashBlades speak no other version 4.
  return asked === '3' ? '3' : '4.1';
}

/** Of use where the volume is a file system. `volumeContext`: what CreateVolume wrote, or a person into a static volume. */
export const nfsWishes = (
  capability: VolumeCapability,
  volumeContext: Readonly<Record<string, string>>,
): NfsWishes => ({
  version: nfsVersionOf(capability),
  endpoint: volumeContext[NFS_ENDPOINT] ?? null,
});
