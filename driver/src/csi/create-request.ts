import { PsoError } from '../domain/errors.ts';
import type { CreateVolumeRequest as CreateVolumeMessage, Topology, VolumeContentSource } from '../gen/csi_pb.js';
import type { HandleResolver } from '../orchestrator/handle-resolver.ts';
import { parseClassParameters } from '../orchestrator/parameters.ts';
import type { CallContext, ContentSource, CreateVolumeRequest } from '../orchestrator/requests.ts';
import { checkCapabilities } from './capabilities.ts';
import { missing, optionalBytes } from './required.ts';

async function contentSource(
  source: VolumeContentSource | undefined,
  handles: HandleResolver,
  call: CallContext,
): Promise<ContentSource | null> {
  if (!source) return null;
  const { type } = source;
  switch (type.case) {
    case 'snapshot': {
      const id = type.value.snapshotId;
      return { kind: 'snapshot', id, handle: await handles.snapshot(id, 'snapshot_id', call) };
    }
    case 'volume': {
      const id = type.value.volumeId;
      return { kind: 'volume', id, handle: await handles.volume(id, 'volume_id') };
    }
    case undefined:
      throw new PsoError('field-missing', 'volume_content_source names neither snapshot nor volume.', 'Name one.');
  }
}

const segments = (topologies: readonly Topology[] | undefined) => (topologies ?? []).map(topology => topology.segments);

/** CSI's message, checked, in the orchestrator's words. */
export async function toCreateRequest(
  message: CreateVolumeMessage,
  handles: HandleResolver,
  call: CallContext,
): Promise<CreateVolumeRequest> {
  if (message.name === '') throw missing('name');
  if (message.volumeCapabilities.length === 0) throw missing('volume_capabilities');
  const parameters = parseClassParameters(message.parameters, message.mutableParameters);
  checkCapabilities(message.volumeCapabilities, parameters.backend);
  return {
    name: message.name,
    ...optionalBytes(message.capacityRange),
    parameters,
    source: await contentSource(message.volumeContentSource, handles, call),
    topology: {
      requisite: segments(message.accessibilityRequirements?.requisite),
      preferred: segments(message.accessibilityRequirements?.preferred),
    },
  };
}
