import { PsoError } from '../domain/errors.ts';
import { requireHandle } from '../domain/volume.ts';
import type { CreateVolumeRequest as CreateVolumeMessage, Topology, VolumeContentSource } from '../gen/csi_pb.js';
import { parseClassParameters } from '../orchestrator/parameters.ts';
import type { ContentSource, CreateVolumeRequest } from '../orchestrator/requests.ts';
import { checkCapabilities } from './capabilities.ts';
import { missing, optionalBytes } from './required.ts';

function contentSource(source: VolumeContentSource | undefined): ContentSource | null {
  if (!source) return null;
  const { type } = source;
  switch (type.case) {
    case 'snapshot':
      return { kind: 'snapshot', handle: requireHandle(type.value.snapshotId, 'snapshot_id') };
    case 'volume':
      return { kind: 'volume', handle: requireHandle(type.value.volumeId, 'volume_id') };
    case undefined:
      throw new PsoError('field-missing', 'volume_content_source names neither snapshot nor volume.', 'Name one.');
  }
}

const segments = (topologies: readonly Topology[] | undefined) => (topologies ?? []).map(topology => topology.segments);

/** CSI's message, checked, in the orchestrator's words. */
export function toCreateRequest(message: CreateVolumeMessage): CreateVolumeRequest {
  if (message.name === '') throw missing('name');
  if (message.volumeCapabilities.length === 0) throw missing('volume_capabilities');
  checkCapabilities(message.volumeCapabilities);
  return {
    name: message.name,
    ...optionalBytes(message.capacityRange),
    parameters: parseClassParameters(message.parameters, message.mutableParameters),
    source: contentSource(message.volumeContentSource),
    topology: {
      requisite: segments(message.accessibilityRequirements?.requisite),
      preferred: segments(message.accessibilityRequirements?.preferred),
    },
  };
}
