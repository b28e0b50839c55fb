import { ControllerServiceCapability_RPC_Type } from '../gen/csi_pb.js';
import type { Controller } from '../gen/csi_pb.js';
import { PsoError } from '../domain/errors.ts';
import { parseNodeId } from '../domain/node-id.ts';
import { encodePublishContext } from '../domain/publish-context.ts';
import type { Clock } from '../lib/clock.ts';
import type { Orchestrator } from '../orchestrator/orchestrator.ts';
import { parseClassParameters, parseMutableParameters } from '../orchestrator/parameters.ts';
import type { CallContext } from '../orchestrator/requests.ts';
import { contextOf } from './call-context.ts';
import { checkCapabilities, isSingleNode, nfsWishes, refuseCapabilities } from './capabilities.ts';
import { toCreateRequest } from './create-request.ts';
import type { UnaryCall, UnaryHandlers } from './grpc-service.ts';
import { createdVolumeMessage, volumeMessage } from './messages.ts';
import { missing, optionalBytes } from './required.ts';
import { snapshotHandlers } from './snapshot-handlers.ts';

const RPC = ControllerServiceCapability_RPC_Type;
const CAPABILITIES = [
  RPC.CREATE_DELETE_VOLUME, RPC.PUBLISH_UNPUBLISH_VOLUME, RPC.LIST_VOLUMES, RPC.LIST_VOLUMES_PUBLISHED_NODES,
  RPC.GET_CAPACITY, RPC.CREATE_DELETE_SNAPSHOT, RPC.LIST_SNAPSHOTS, RPC.CLONE_VOLUME, RPC.EXPAND_VOLUME,
  RPC.GET_VOLUME, RPC.SINGLE_NODE_MULTI_WRITER, RPC.MODIFY_VOLUME, RPC.GET_SNAPSHOT,
]; // prettier-ignore

/** Translates between CSI's messages and the orchestrator; every rule here comes from csi.proto. */
export function controllerService(orchestrator: Orchestrator, clock: Clock): UnaryHandlers<typeof Controller> {
  const { handles } = orchestrator;
  const context = (call: UnaryCall): CallContext => contextOf(clock, call);
  return {
    controllerGetCapabilities: () =>
      Promise.resolve({
        capabilities: CAPABILITIES.map(type => ({ type: { case: 'rpc', value: { type } } })),
      }),

    createVolume: async (request, call) => {
      const wish = await toCreateRequest(request, handles, context(call));
      const created = await orchestrator.createVolume(wish, context(call));
      return { volume: createdVolumeMessage(created, wish) };
    },

    deleteVolume: async (request, call) => {
      if (request.volumeId === '') throw missing('volume_id');
      const handle = await handles.findVolume(request.volumeId, 'destroy');
      if (handle) await orchestrator.deleteVolume(handle, context(call));
      handles.forget(request.volumeId);
      return {};
    },

    controllerPublishVolume: async (request, call) => {
      if (request.volumeId === '') throw missing('volume_id');
      if (request.nodeId === '') throw missing('node_id');
      if (!request.volumeCapability) throw missing('volume_capability');
      const capability = request.volumeCapability;
      const node = parseNodeId(request.nodeId);
      const volume = await handles.volume(request.volumeId, 'volume_id');
      checkCapabilities([capability], await orchestrator.backendTypeOf(volume));
      const published = await orchestrator.publish(
        { volume, node, isSingleNode: isSingleNode(capability), nfs: nfsWishes(capability, request.volumeContext) },
        context(call),
      );
      return { publishContext: encodePublishContext(published) };
    },

    controllerUnpublishVolume: async (request, call) => {
      if (request.volumeId === '') throw missing('volume_id');
      const node = request.nodeId === '' ? null : parseNodeId(request.nodeId);
      const volume = await handles.findVolume(request.volumeId, 'use');
      if (volume) await orchestrator.unpublish(volume, node, context(call));
      return {};
    },

    validateVolumeCapabilities: async (request, call) => {
      if (request.volumeId === '') throw missing('volume_id');
      if (request.volumeCapabilities.length === 0) throw missing('volume_capabilities');
      const handle = await handles.volume(request.volumeId, 'volume_id');
      await orchestrator.getVolume(handle, context(call));
      const refusal = refuseCapabilities(request.volumeCapabilities, await orchestrator.backendTypeOf(handle));
      if (refusal !== null) return { message: refusal };
      const { volumeCapabilities, volumeContext, parameters, mutableParameters } = request;
      return { confirmed: { volumeCapabilities, volumeContext, parameters, mutableParameters } };
    },

    listVolumes: async (request, call) => {
      if (request.maxEntries < 0)
        throw new PsoError('field-invalid', `max_entries is ${request.maxEntries}.`, 'Ask for 0 or more.');
      const { items, nextToken } = await orchestrator.listVolumes(
        { limit: request.maxEntries, token: request.startingToken },
        context(call),
      );
      const entries = items.map(({ volume, id, nodeIds }) => ({
        volume: volumeMessage(volume, id),
        status: { publishedNodeIds: [...nodeIds] },
      }));
      return { entries, nextToken };
    },

    getCapacity: request => {
      const parameters = parseClassParameters(request.parameters, {});
      const { availableBytes, largestVolumeBytes } = orchestrator.capacity({
        parameters,
        segments: request.accessibleTopology?.segments ?? {},
      });
      const isUsable = refuseCapabilities(request.volumeCapabilities, parameters.backend) === null;
      return Promise.resolve({
        availableCapacity: isUsable ? BigInt(availableBytes) : 0n,
        maximumVolumeSize: isUsable ? BigInt(largestVolumeBytes) : 0n,
      });
    },

    controllerExpandVolume: async (request, call) => {
      if (request.volumeId === '') throw missing('volume_id');
      if (!request.capacityRange) throw missing('capacity_range');
      const handle = await handles.volume(request.volumeId, 'volume_id');
      const { requiredBytes, limitBytes } = optionalBytes(request.capacityRange);
      const sizeBytes = await orchestrator.expandVolume(handle, requiredBytes, limitBytes, context(call));
      // Raw block, too: the node must look at the new size on every path.
      return { capacityBytes: BigInt(sizeBytes), nodeExpansionRequired: true };
    },

    controllerGetVolume: async (request, call) => {
      if (request.volumeId === '') throw missing('volume_id');
      const handle = await handles.volume(request.volumeId, 'volume_id');
      const [volume, nodeIds] = await Promise.all([
        orchestrator.getVolume(handle, context(call)),
        orchestrator.publishedNodeIds(handle, context(call)),
      ]);
      return { volume: volumeMessage(volume, request.volumeId), status: { publishedNodeIds: [...nodeIds] } };
    },

    controllerModifyVolume: async (request, call) => {
      if (request.volumeId === '') throw missing('volume_id');
      const handle = await handles.volume(request.volumeId, 'volume_id');
      await orchestrator.modifyVolume(handle, parseMutableParameters(request.mutableParameters), context(call));
      return {};
    },

    ...snapshotHandlers(orchestrator, context),
  };
}
