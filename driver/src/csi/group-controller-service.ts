import { PsoError } from '../domain/errors.ts';
import { formatHandle, parseHandle } from '../domain/volume.ts';
import type { GroupSnapshot, VolumeHandle } from '../domain/volume.ts';
import { GroupControllerServiceCapability_RPC_Type } from '../gen/csi_pb.js';
import type { GroupController, VolumeGroupSnapshotSchema } from '../gen/csi_pb.js';
import type { Clock } from '../lib/clock.ts';
import type { Orchestrator } from '../orchestrator/orchestrator.ts';
import { contextOf } from './call-context.ts';
import type { MessageInit, UnaryHandlers } from './grpc-service.ts';
import { snapshotMessage, timestamp } from './messages.ts';
import { missing } from './required.ts';

const { CREATE_DELETE_GET_VOLUME_GROUP_SNAPSHOT } = GroupControllerServiceCapability_RPC_Type;

/** Snapshots of several volumes at one instant; rules from csi.proto, service GroupController. */
export function groupControllerService(
  orchestrator: Orchestrator,
  clock: Clock,
): UnaryHandlers<typeof GroupController> {
  const { handles, groupSnapshots } = orchestrator;
  const message = (group: GroupSnapshot): MessageInit<typeof VolumeGroupSnapshotSchema> => ({
    groupSnapshotId: formatHandle(group.handle),
    snapshots: group.members.map(member =>
      snapshotMessage(member, { id: formatHandle(member.handle), sourceId: handles.idOf(member.source) }),
    ),
    creationTime: timestamp(group.createdAtMs),
    readyToUse: true,
  });
  return {
    groupControllerGetCapabilities: () =>
      Promise.resolve({
        capabilities: [{ type: { case: 'rpc', value: { type: CREATE_DELETE_GET_VOLUME_GROUP_SNAPSHOT } } }],
      }),

    createVolumeGroupSnapshot: async (request, call) => {
      if (request.name === '') throw missing('name');
      if (request.sourceVolumeIds.length === 0) throw missing('source_volume_ids');
      checkParameters(request.parameters);
      const sources = await Promise.all(request.sourceVolumeIds.map(id => handles.volume(id, 'source_volume_ids')));
      return {
        groupSnapshot: message(await orchestrator.createGroupSnapshot(request.name, sources, contextOf(clock, call))),
      };
    },

    deleteVolumeGroupSnapshot: async (request, call) => {
      if (request.groupSnapshotId === '') throw missing('group_snapshot_id');
      const handle = parseHandle(request.groupSnapshotId);
      if (!handle) return {};
      checkMembers(handle, request.snapshotIds);
      await groupSnapshots.delete(handle, contextOf(clock, call));
      return {};
    },

    getVolumeGroupSnapshot: async (request, call) => {
      if (request.groupSnapshotId === '') throw missing('group_snapshot_id');
      const handle = parseHandle(request.groupSnapshotId);
      const found = handle ? await groupSnapshots.find(handle, contextOf(clock, call)) : null;
      if (!handle || !found) {
        const what = `Group snapshot ${request.groupSnapshotId.slice(0, 200)} does not exist.`;
        throw new PsoError('snapshot-missing', what, 'Name one that exists.');
      }
      checkMembers(handle, request.snapshotIds);
      return { groupSnapshot: message(found) };
    },
  };
}

/** A VolumeGroupSnapshotClass has nothing to choose. */
function checkParameters(parameters: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(parameters).find(key => !key.startsWith('csi.storage.k8s.io/'));
  if (unknown === undefined) return;
  throw new PsoError(
    'parameter-unknown',
    `Parameter "${unknown.slice(0, 100)}" is unknown.`,
    'A VolumeGroupSnapshotClass of this driver has no parameters.',
  );
}

/** CSI: a mismatch that can be seen must be an error. Members are named `<group snapshot>.<volume>`. */
function checkMembers(group: VolumeHandle, snapshotIds: readonly string[]): void {
  const stranger = snapshotIds.find(id => !id.startsWith(`${formatHandle(group)}.`));
  if (stranger === undefined) return;
  throw new PsoError(
    'field-invalid',
    `snapshot_ids: "${stranger.slice(0, 300)}" is no member of group snapshot ${formatHandle(group)}.`,
    'Name members of that group only.',
  );
}
