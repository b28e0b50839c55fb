import type { UnaryHandlers } from './grpc-service.ts';
import { PluginCapability_Service_Type, PluginCapability_VolumeExpansion_Type } from '../gen/csi_pb.js';
import type { Identity } from '../gen/csi_pb.js';

/** PersistentVolumes carry it for ever: PSO's volumes stay ours. */
export const DRIVER_NAME = 'pure-csi';

/** Answers from constants: no lock, no array, no await. A Probe that waits restarts healthy pods. */
export function identityService(version: string): UnaryHandlers<typeof Identity> {
  const { CONTROLLER_SERVICE, GROUP_CONTROLLER_SERVICE, VOLUME_ACCESSIBILITY_CONSTRAINTS } =
    PluginCapability_Service_Type;
  return {
    getPluginInfo: () => Promise.resolve({ name: DRIVER_NAME, vendorVersion: version }),
    getPluginCapabilities: () =>
      Promise.resolve({
        capabilities: [
          { type: { case: 'service', value: { type: CONTROLLER_SERVICE } } },
          { type: { case: 'service', value: { type: GROUP_CONTROLLER_SERVICE } } },
          { type: { case: 'service', value: { type: VOLUME_ACCESSIBILITY_CONSTRAINTS } } },
          {
            type: { case: 'volumeExpansion', value: { type: PluginCapability_VolumeExpansion_Type.ONLINE } },
          },
        ],
      }),
    probe: () => Promise.resolve({ ready: true }),
  };
}
