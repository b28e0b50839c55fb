import type { Call, Plan } from './plan.ts';
import { getArrayPerformance, getArrays, getArraySpace, getSubscriptions, patchArrays } from './resources/array.ts';
import { deleteConnections, getConnections, postConnections } from './resources/connections.ts';
import { getAlerts, getControllers, getDrives, getHardware } from './resources/hardware.ts';
import {
  deleteHostGroups,
  deleteMembers,
  getHostGroups,
  getMembers,
  patchHostGroups,
  postHostGroups,
  postMembers,
} from './resources/host-groups.ts';
import {
  deleteHosts,
  getHosts,
  getHostsPerformance,
  getHostsSpace,
  HOST_MISSING,
  patchHosts,
  postHosts,
} from './resources/hosts.ts';
import {
  deleteGroupSnapshots,
  getGroupSnapshots,
  patchGroupSnapshots,
  postGroupSnapshots,
} from './resources/group-snapshots.ts';
import { getNetworkInterfaces, getPorts } from './resources/ports.ts';
import { deletePods, getPods, getPodsPerformance, getPodsSpace, patchPods, postPods } from './resources/pods.ts';
import {
  deleteGroupVolumes,
  deleteProtectionGroups,
  getDefaultProtections,
  getGroupVolumes,
  getProtectionGroups,
  patchDefaultProtections,
  patchProtectionGroups,
  postGroupVolumes,
  postProtectionGroups,
} from './resources/protection-groups.ts';
import { deleteSnapshots, getSnapshots, patchSnapshots, postSnapshots } from './resources/snapshots.ts';
import {
  deleteVolumeGroups,
  getVolumeGroups,
  getVolumesVolumeGroups,
  patchVolumeGroups,
  postVolumeGroups,
} from './resources/volume-groups.ts';
import { tagRoutes } from './resources/tags.ts';
import { patchVolumes } from './resources/volume-changes.ts';
import { getVolumesPerformance, getVolumesSpace } from './resources/volume-figures.ts';
import { deleteVolumes, getVolumes, postVolumes } from './resources/volumes.ts';
import type { ArrayState } from './state.ts';
import { SNAPSHOT_MISSING, VOLUME_MISSING } from './state.ts';

export type Handler = (state: ArrayState, call: Call) => Plan;

const volumeTags = tagRoutes(state => state.volumes, VOLUME_MISSING);
const snapshotTags = tagRoutes(state => state.snapshots, SNAPSHOT_MISSING);
const hostTags = tagRoutes(state => state.hosts, HOST_MISSING);

/** Every operation that the simulator plays, by method and resource; which version knows it, the derived facts say. */
export const ROUTES: Readonly<Record<string, Handler>> = {
  'GET alerts': getAlerts,
  'GET arrays': getArrays,
  'PATCH arrays': patchArrays,
  'GET arrays/performance': getArrayPerformance,
  'GET arrays/space': getArraySpace,
  'GET connections': getConnections,
  'POST connections': postConnections,
  'DELETE connections': deleteConnections,
  'GET controllers': getControllers,
  'GET drives': getDrives,
  'GET hardware': getHardware,
  'GET host-groups': getHostGroups,
  'POST host-groups': postHostGroups,
  'PATCH host-groups': patchHostGroups,
  'DELETE host-groups': deleteHostGroups,
  'GET host-groups/hosts': getMembers,
  'POST host-groups/hosts': postMembers,
  'DELETE host-groups/hosts': deleteMembers,
  'GET hosts': getHosts,
  'POST hosts': postHosts,
  'PATCH hosts': patchHosts,
  'DELETE hosts': deleteHosts,
  'GET hosts/host-groups': getMembers,
  'POST hosts/host-groups': postMembers,
  'DELETE hosts/host-groups': deleteMembers,
  'GET hosts/performance': getHostsPerformance,
  'GET hosts/space': getHostsSpace,
  'GET hosts/tags': hostTags.get,
  'DELETE hosts/tags': hostTags.remove,
  'PUT hosts/tags/batch': hostTags.put,
  'GET network-interfaces': getNetworkInterfaces,
  'GET ports': getPorts,
  'GET subscriptions': getSubscriptions,
  'GET volumes': getVolumes,
  'POST volumes': postVolumes,
  'PATCH volumes': patchVolumes,
  'DELETE volumes': deleteVolumes,
  'GET volumes/performance': getVolumesPerformance,
  'GET volumes/space': getVolumesSpace,
  'GET volumes/tags': volumeTags.get,
  'DELETE volumes/tags': volumeTags.remove,
  'PUT volumes/tags/batch': volumeTags.put,
  'GET volumes/volume-groups': getVolumesVolumeGroups,
  'GET volumes/protection-groups': getGroupVolumes,
  'POST volumes/protection-groups': postGroupVolumes,
  'DELETE volumes/protection-groups': deleteGroupVolumes,
  'GET volume-groups': getVolumeGroups,
  'POST volume-groups': postVolumeGroups,
  'PATCH volume-groups': patchVolumeGroups,
  'DELETE volume-groups': deleteVolumeGroups,
  'GET volume-snapshots': getSnapshots,
  'POST volume-snapshots': postSnapshots,
  'PATCH volume-snapshots': patchSnapshots,
  'DELETE volume-snapshots': deleteSnapshots,
  'GET volume-snapshots/tags': snapshotTags.get,
  'DELETE volume-snapshots/tags': snapshotTags.remove,
  'PUT volume-snapshots/tags/batch': snapshotTags.put,
  'GET container-default-protections': getDefaultProtections,
  'PATCH container-default-protections': patchDefaultProtections,
  'GET pods': getPods,
  'POST pods': postPods,
  'PATCH pods': patchPods,
  'DELETE pods': deletePods,
  'GET pods/performance': getPodsPerformance,
  'GET pods/space': getPodsSpace,
  'GET protection-groups': getProtectionGroups,
  'POST protection-groups': postProtectionGroups,
  'PATCH protection-groups': patchProtectionGroups,
  'DELETE protection-groups': deleteProtectionGroups,
  'GET protection-groups/volumes': getGroupVolumes,
  'POST protection-groups/volumes': postGroupVolumes,
  'DELETE protection-groups/volumes': deleteGroupVolumes,
  'GET protection-group-snapshots': getGroupSnapshots,
  'POST protection-group-snapshots': postGroupSnapshots,
  'PATCH protection-group-snapshots': patchGroupSnapshots,
  'DELETE protection-group-snapshots': deleteGroupSnapshots,
};
