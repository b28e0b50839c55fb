import type { Call, Plan } from './plan.ts';
import { getAdmins } from './resources/admins.ts';
import { getArrayPerformance, getArrays, getArraySpace, getSubscriptions, patchArrays } from './resources/array.ts';
import {
  deleteProviderTags,
  getCapacitySteps,
  getCloudCapacity,
  getCloudConfig,
  getProviderTags,
  getSupportedConfigs,
  patchCloudCapacity,
  patchCloudConfig,
  putProviderTags,
} from './resources/cloud.ts';
import { getNothing } from './resources/nothing.ts';
import { getHostBalance } from './resources/host-balance.ts';
import { getInterfacePerformance } from './resources/interface-performance.ts';
import { getSessions } from './resources/sessions.ts';
import { getVolumeGroupsPerformance, getVolumeGroupsSpace } from './resources/volume-group-figures.ts';
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
import {
  deletePods,
  getPods,
  getPodsPerformance,
  getPodsSpace,
  patchPods,
  POD_MISSING,
  postPods,
} from './resources/pods.ts';
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
import { ARRAY_TAGS, tagRoutes } from './resources/tags.ts';
import { patchVolumes } from './resources/volume-changes.ts';
import { getVolumesPerformance, getVolumesSpace } from './resources/volume-figures.ts';
import { deleteVolumes, getVolumes, postVolumes } from './resources/volumes.ts';
import {
  deleteArrayConnections,
  getArrayConnections,
  getConnectionKey,
  getConnectionPaths,
  patchArrayConnections,
  postArrayConnections,
} from './resources/array-connections.ts';
import {
  deleteFleetMembers,
  deleteFleets,
  getFleetKey,
  getFleetMembers,
  getFleets,
  getRemoteArrays,
  getRemotePods,
  patchFleets,
  postFleetKey,
  postFleetMembers,
  postFleets,
} from './resources/fleets.ts';
import { deletePodArrays, getPodArrays, postPodArrays } from './resources/pod-arrays.ts';
import { getPodReplication } from './resources/pod-replication.ts';
import { deleteTargets, getTargets, patchTargets, postTargets } from './resources/replication-targets.ts';
import { getTransfers } from './resources/transfers.ts';
import { getVolumeDiff } from './resources/volume-diff.ts';
import type { ArrayState } from './state.ts';
import { SNAPSHOT_MISSING, VOLUME_MISSING } from './state.ts';

export type Handler = (state: ArrayState, call: Call) => Plan;

const volumeTags = tagRoutes(state => state.volumes, VOLUME_MISSING);
const snapshotTags = tagRoutes(state => state.snapshots, SNAPSHOT_MISSING);
const podTags = tagRoutes(state => state.pods, POD_MISSING);
const hostTags = tagRoutes(state => state.hosts, HOST_MISSING);

/** Every operation that the simulator plays, by method and resource; which version knows it, the derived facts say. */
export const ROUTES: Readonly<Record<string, Handler>> = {
  'GET admins': getAdmins,
  'GET alerts': getAlerts,
  'GET array-connections': getArrayConnections,
  'POST array-connections': postArrayConnections,
  'PATCH array-connections': patchArrayConnections,
  'DELETE array-connections': deleteArrayConnections,
  'GET array-connections/connection-key': getConnectionKey,
  'GET array-connections/path': getConnectionPaths,
  'GET arrays': getArrays,
  'PATCH arrays': patchArrays,
  'GET arrays/performance': getArrayPerformance,
  'GET arrays/space': getArraySpace,
  'GET arrays/cloud-capacity': getCloudCapacity,
  'PATCH arrays/cloud-capacity': patchCloudCapacity,
  'GET arrays/cloud-capacity/supported-steps': getCapacitySteps,
  'GET arrays/cloud-config': getCloudConfig,
  'PATCH arrays/cloud-config': patchCloudConfig,
  'GET arrays/cloud-config/supported-configs': getSupportedConfigs,
  'GET arrays/cloud-provider-tags': getProviderTags,
  'DELETE arrays/cloud-provider-tags': deleteProviderTags,
  'PUT arrays/cloud-provider-tags/batch': putProviderTags,
  'GET arrays/tags': ARRAY_TAGS.get,
  'DELETE arrays/tags': ARRAY_TAGS.remove,
  'PUT arrays/tags/batch': ARRAY_TAGS.put,
  'GET connections': getConnections,
  'POST connections': postConnections,
  'DELETE connections': deleteConnections,
  'GET controllers': getControllers,
  'GET directories': getNothing,
  'GET directories/performance': getNothing,
  'GET drives': getDrives,
  'GET fleets': getFleets,
  'POST fleets': postFleets,
  'PATCH fleets': patchFleets,
  'DELETE fleets': deleteFleets,
  'GET fleets/fleet-key': getFleetKey,
  'POST fleets/fleet-key': postFleetKey,
  'GET fleets/members': getFleetMembers,
  'POST fleets/members': postFleetMembers,
  'DELETE fleets/members': deleteFleetMembers,
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
  'GET hosts/performance/balance': getHostBalance,
  'GET hosts/space': getHostsSpace,
  'GET hosts/tags': hostTags.get,
  'DELETE hosts/tags': hostTags.remove,
  'PUT hosts/tags/batch': hostTags.put,
  'GET network-interfaces': getNetworkInterfaces,
  'GET network-interfaces/performance': getInterfacePerformance,
  'GET pod-replica-links': getNothing,
  'GET pod-replica-links/lag': getNothing,
  'GET pod-replica-links/performance/replication': getNothing,
  'GET ports': getPorts,
  'GET realms': getNothing,
  'GET remote-arrays': getRemoteArrays,
  'GET remote-pods': getRemotePods,
  'GET sessions': getSessions,
  'GET subscriptions': getSubscriptions,
  'GET volumes': getVolumes,
  'POST volumes': postVolumes,
  'PATCH volumes': patchVolumes,
  'DELETE volumes': deleteVolumes,
  'GET volumes/diff': getVolumeDiff,
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
  'GET volume-groups/performance': getVolumeGroupsPerformance,
  'GET volume-groups/space': getVolumeGroupsSpace,
  'GET volume-groups/volumes': getVolumesVolumeGroups,
  'GET volume-snapshots': getSnapshots,
  'GET volume-snapshots/transfer': getNothing,
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
  'GET pods/arrays': getPodArrays,
  'POST pods/arrays': postPodArrays,
  'DELETE pods/arrays': deletePodArrays,
  'GET pods/members': getPodArrays,
  'POST pods/members': postPodArrays,
  'DELETE pods/members': deletePodArrays,
  'GET pods/performance': getPodsPerformance,
  'GET pods/performance/replication': getPodReplication,
  'GET pods/space': getPodsSpace,
  'GET pods/tags': podTags.get,
  'DELETE pods/tags': podTags.remove,
  'PUT pods/tags/batch': podTags.put,
  'GET protection-groups': getProtectionGroups,
  'POST protection-groups': postProtectionGroups,
  'PATCH protection-groups': patchProtectionGroups,
  'DELETE protection-groups': deleteProtectionGroups,
  'GET protection-groups/volumes': getGroupVolumes,
  'POST protection-groups/volumes': postGroupVolumes,
  'DELETE protection-groups/volumes': deleteGroupVolumes,
  'GET protection-groups/targets': getTargets,
  'POST protection-groups/targets': postTargets,
  'PATCH protection-groups/targets': patchTargets,
  'DELETE protection-groups/targets': deleteTargets,
  'GET protection-group-snapshots/transfer': getTransfers,
  'GET protection-group-snapshots': getGroupSnapshots,
  'POST protection-group-snapshots': postGroupSnapshots,
  'PATCH protection-group-snapshots': patchGroupSnapshots,
  'DELETE protection-group-snapshots': deleteGroupSnapshots,
};
