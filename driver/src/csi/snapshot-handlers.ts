import type { Controller } from '../gen/csi_pb.js';
import { PsoError } from '../domain/errors.ts';
import type { Snapshot } from '../domain/volume.ts';
import type { Orchestrator } from '../orchestrator/orchestrator.ts';
import type { CallContext } from '../orchestrator/requests.ts';
import type { UnaryCall, UnaryHandlers } from './grpc-service.ts';
import { snapshotMessage } from './messages.ts';
import { missing } from './required.ts';

type SnapshotHandlers = Pick<
  UnaryHandlers<typeof Controller>,
  'createSnapshot' | 'deleteSnapshot' | 'getSnapshot' | 'listSnapshots'
>;

/** The snapshot calls of the Controller service. */
export function snapshotHandlers(
  orchestrator: Orchestrator,
  context: (call: UnaryCall) => CallContext,
): SnapshotHandlers {
  const { handles } = orchestrator;
  const message = (snapshot: Snapshot, id = handles.idOf(snapshot.handle)) =>
    snapshotMessage(snapshot, { id, sourceId: handles.idOf(snapshot.source) });
  const find = async (id: string, call: CallContext): Promise<Snapshot | null> => {
    const handle = await handles.findSnapshot(id, 'use', call);
    return handle?.name.includes('.') ? orchestrator.findSnapshot(handle, call) : null;
  };
  return {
    createSnapshot: async (request, call) => {
      if (request.name === '') throw missing('name');
      if (request.sourceVolumeId === '') throw missing('source_volume_id');
      const source = await handles.volume(request.sourceVolumeId, 'source_volume_id');
      return { snapshot: message(await orchestrator.createSnapshot(request.name, source, context(call))) };
    },

    deleteSnapshot: async (request, call) => {
      if (request.snapshotId === '') throw missing('snapshot_id');
      const handle = await handles.findSnapshot(request.snapshotId, 'destroy', context(call));
      if (handle) await orchestrator.deleteSnapshot(handle, context(call));
      handles.forget(request.snapshotId);
      return {};
    },

    getSnapshot: async (request, call) => {
      if (request.snapshotId === '') throw missing('snapshot_id');
      const found = await find(request.snapshotId, context(call));
      if (found) return { snapshot: message(found, request.snapshotId) };
      throw new PsoError('snapshot-missing', `Snapshot ${request.snapshotId} does not exist.`, 'Name one that exists.');
    },

    listSnapshots: async (request, call) => {
      if (request.snapshotId !== '') {
        const found = await find(request.snapshotId, context(call));
        return { entries: found ? [{ snapshot: message(found, request.snapshotId) }] : [] };
      }
      const volume = request.sourceVolumeId === '' ? null : await handles.findVolume(request.sourceVolumeId, 'use');
      if (request.sourceVolumeId !== '' && !volume) return {};
      const page = { limit: request.maxEntries, token: request.startingToken };
      const { items, nextToken } = await orchestrator.listSnapshots(volume, page, context(call));
      return { entries: items.map(snapshot => ({ snapshot: message(snapshot) })), nextToken };
    },
  };
}
