import type { Call, Plan } from './plan.ts';
import { getAdmins, getSessions } from './resources/admins.ts';
import { getArrays, getArraySpace, patchArrays } from './resources/array.ts';
import { deleteExports, getExports, patchExports, postExports } from './resources/exports.ts';
import { patchFileSystems } from './resources/file-system-changes.ts';
import { deleteFileSystems, getFileSystems, postFileSystems } from './resources/file-systems.ts';
import { getAlerts, getBlades, getConnectorPerformance, getDrives, getHardware } from './resources/hardware.ts';
import { getNetworkInterfaces, getServers, getSubnets } from './resources/network.ts';
import { deleteNfsPolicies, getNfsPolicies, patchNfsPolicies, postNfsPolicies } from './resources/nfs-policies.ts';
import { deleteNfsRules, getNfsRules, patchNfsRules, postNfsRules } from './resources/nfs-policy-rules.ts';
import { getAccounts, getBuckets, getBucketsPerformance, getBucketsS3Performance } from './resources/object-store.ts';
import {
  getArrayPerformance,
  getClientsPerformance,
  getFileSystemsPerformance,
  getHttpPerformance,
  getNfsPerformance,
  getReplicationPerformance,
  getS3Performance,
} from './resources/performance.ts';
import {
  deleteMembers,
  deletePolicies,
  deleteSnapshotPolicies,
  getMembers,
  getPolicies,
  getSnapshotPolicies,
  patchPolicies,
  postMembers,
  postPolicies,
} from './resources/policies.ts';
import {
  deleteQosMembers,
  deleteQosPolicies,
  getQosMembers,
  getQosPolicies,
  patchQosPolicies,
  postQosMembers,
  postQosPolicies,
} from './resources/qos-policies.ts';
import { getQuotaSettings, quotaRoutes } from './resources/quotas.ts';
import {
  deleteReplicaLinks,
  getArrayConnections,
  getReplicaLinks,
  postReplicaLinks,
} from './resources/replica-links.ts';
import { deleteSnapshots, getSnapshots, patchSnapshots, postSnapshots } from './resources/snapshots.ts';
import type { BladeState } from './state.ts';

export type Handler = (state: BladeState, call: Call) => Plan;

const userQuotas = quotaRoutes('users');
const groupQuotas = quotaRoutes('groups');

/** Every operation that the simulator plays, by method and resource; which version knows it, the derived facts say. */
export const ROUTES: Readonly<Record<string, Handler>> = {
  'GET admins': getAdmins,
  'GET alerts': getAlerts,
  'GET array-connections': getArrayConnections,
  'GET arrays': getArrays,
  'PATCH arrays': patchArrays,
  'GET arrays/clients/performance': getClientsPerformance,
  'GET arrays/http-specific-performance': getHttpPerformance,
  'GET arrays/nfs-specific-performance': getNfsPerformance,
  'GET arrays/performance': getArrayPerformance,
  'GET arrays/performance/replication': getReplicationPerformance,
  'GET arrays/s3-specific-performance': getS3Performance,
  'GET arrays/space': getArraySpace,
  'GET blades': getBlades,
  'GET buckets': getBuckets,
  'GET buckets/performance': getBucketsPerformance,
  'GET buckets/s3-specific-performance': getBucketsS3Performance,
  'GET drives': getDrives,
  'GET file-system-exports': getExports,
  'POST file-system-exports': postExports,
  'PATCH file-system-exports': patchExports,
  'DELETE file-system-exports': deleteExports,
  'GET file-system-replica-links': getReplicaLinks,
  'POST file-system-replica-links': postReplicaLinks,
  'DELETE file-system-replica-links': deleteReplicaLinks,
  'GET file-system-snapshots': getSnapshots,
  'POST file-system-snapshots': postSnapshots,
  'PATCH file-system-snapshots': patchSnapshots,
  'DELETE file-system-snapshots': deleteSnapshots,
  'GET file-system-snapshots/policies': getSnapshotPolicies,
  'DELETE file-system-snapshots/policies': deleteSnapshotPolicies,
  'GET file-systems': getFileSystems,
  'POST file-systems': postFileSystems,
  'PATCH file-systems': patchFileSystems,
  'DELETE file-systems': deleteFileSystems,
  'GET file-systems/performance': getFileSystemsPerformance,
  'GET file-systems/policies': getMembers,
  'POST file-systems/policies': postMembers,
  'DELETE file-systems/policies': deleteMembers,
  'GET hardware': getHardware,
  'GET hardware-connectors/performance': getConnectorPerformance,
  'GET network-interfaces': getNetworkInterfaces,
  'GET nfs-export-policies': getNfsPolicies,
  'POST nfs-export-policies': postNfsPolicies,
  'PATCH nfs-export-policies': patchNfsPolicies,
  'DELETE nfs-export-policies': deleteNfsPolicies,
  'GET nfs-export-policies/rules': getNfsRules,
  'POST nfs-export-policies/rules': postNfsRules,
  'PATCH nfs-export-policies/rules': patchNfsRules,
  'DELETE nfs-export-policies/rules': deleteNfsRules,
  'GET object-store-accounts': getAccounts,
  'GET policies': getPolicies,
  'POST policies': postPolicies,
  'PATCH policies': patchPolicies,
  'DELETE policies': deletePolicies,
  'GET policies/file-systems': getMembers,
  'POST policies/file-systems': postMembers,
  'DELETE policies/file-systems': deleteMembers,
  'GET qos-policies': getQosPolicies,
  'POST qos-policies': postQosPolicies,
  'PATCH qos-policies': patchQosPolicies,
  'DELETE qos-policies': deleteQosPolicies,
  'GET qos-policies/file-systems': getQosMembers,
  'GET qos-policies/members': getQosMembers,
  'POST qos-policies/members': postQosMembers,
  'DELETE qos-policies/members': deleteQosMembers,
  'GET quotas/groups': groupQuotas.get,
  'POST quotas/groups': groupQuotas.post,
  'PATCH quotas/groups': groupQuotas.patch,
  'DELETE quotas/groups': groupQuotas.remove,
  'GET quotas/settings': getQuotaSettings,
  'GET quotas/users': userQuotas.get,
  'POST quotas/users': userQuotas.post,
  'PATCH quotas/users': userQuotas.patch,
  'DELETE quotas/users': userQuotas.remove,
  'GET servers': getServers,
  'GET sessions': getSessions,
  'GET subnets': getSubnets,
  'GET usage/groups': groupQuotas.usage,
  'GET usage/users': userQuotas.usage,
};
