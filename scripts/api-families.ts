/** What scripts/derive-api.ts takes from the vendor's API descriptions. */
export interface Family {
  readonly key: 'FA' | 'FB';
  /** Below test/simulator, and of the samples. */
  readonly folder: string;
  /** Resources that the simulator plays: a path is taken when it is one of these. */
  readonly resources: readonly string[];
  /** Operations on them that it does not. */
  readonly leftOut: ReadonlySet<string>;
}

const FLASHARRAY_RESOURCES = [
  'admins', 'alerts', 'array-connections', 'array-connections/connection-key', 'array-connections/path', 'arrays', 'arrays/cloud-capacity',
  'arrays/cloud-capacity/supported-steps', 'arrays/cloud-config', 'arrays/cloud-config/supported-configs',
  'arrays/cloud-provider-tags', 'arrays/cloud-provider-tags/batch', 'arrays/performance', 'arrays/space', 'arrays/tags',
  'arrays/tags/batch', 'connections', 'container-default-protections', 'controllers', 'directories', 'directories/performance',
  'drives', 'fleets', 'fleets/fleet-key', 'fleets/members', 'hardware', 'host-groups', 'host-groups/hosts', 'hosts',
  'hosts/host-groups', 'hosts/performance', 'hosts/performance/balance', 'hosts/space', 'hosts/tags', 'hosts/tags/batch', 'login',
  'logout', 'network-interfaces', 'network-interfaces/performance', 'pod-replica-links', 'pod-replica-links/lag',
  'pod-replica-links/performance/replication', 'pods', 'pods/arrays', 'pods/members', 'pods/performance',
  'pods/performance/replication', 'pods/space', 'pods/tags', 'pods/tags/batch', 'ports', 'protection-group-snapshots',
  'protection-group-snapshots/transfer', 'protection-groups', 'protection-groups/targets', 'protection-groups/volumes', 'realms',
  'remote-arrays', 'remote-pods', 'sessions', 'subscriptions', 'volume-groups', 'volume-groups/performance', 'volume-groups/space',
  'volume-groups/volumes', 'volume-snapshots', 'volume-snapshots/tags', 'volume-snapshots/tags/batch', 'volume-snapshots/transfer',
  'volumes', 'volumes/diff', 'volumes/performance', 'volumes/protection-groups', 'volumes/space', 'volumes/tags',
  'volumes/tags/batch', 'volumes/volume-groups',
]; // prettier-ignore

const FLASHARRAY_LEFT_OUT = [
  'DELETE admins', 'PATCH admins', 'POST admins',
  'DELETE arrays', 'DELETE directories', 'DELETE network-interfaces', 'DELETE pod-replica-links', 'PATCH alerts',
  'PATCH directories', 'PATCH drives', 'PATCH hardware', 'PATCH network-interfaces', 'PATCH pod-replica-links', 'PATCH realms',
  'PATCH remote-arrays', 'POST directories', 'POST network-interfaces', 'POST pod-replica-links', 'POST realms', 'DELETE realms',
]; // prettier-ignore

const FLASHBLADE_RESOURCES = [
  'admins', 'alerts', 'array-connections', 'arrays', 'arrays/clients/performance', 'arrays/http-specific-performance',
  'arrays/nfs-specific-performance', 'arrays/performance', 'arrays/performance/replication', 'arrays/s3-specific-performance',
  'arrays/space', 'blades', 'buckets', 'buckets/performance', 'buckets/s3-specific-performance', 'drives',
  'file-system-exports', 'file-system-replica-links', 'file-system-snapshots', 'file-system-snapshots/policies',
  'file-systems', 'file-systems/performance', 'file-systems/policies', 'hardware', 'hardware-connectors/performance',
  'network-interfaces', 'nfs-export-policies', 'nfs-export-policies/rules', 'object-store-accounts', 'policies',
  'policies/file-systems', 'qos-policies', 'qos-policies/file-systems', 'qos-policies/members', 'quotas/groups',
  'quotas/settings', 'quotas/users', 'servers', 'sessions', 'subnets', 'usage/groups', 'usage/users',
]; // prettier-ignore

const FLASHBLADE_LEFT_OUT = [
  'POST admins', 'PATCH admins', 'DELETE admins', 'PATCH alerts', 'POST array-connections', 'PATCH array-connections',
  'DELETE array-connections', 'POST buckets', 'PATCH buckets', 'DELETE buckets', 'PATCH file-system-replica-links',
  'PATCH hardware', 'POST network-interfaces', 'PATCH network-interfaces', 'DELETE network-interfaces',
  'POST object-store-accounts', 'PATCH object-store-accounts', 'DELETE object-store-accounts', 'PATCH quotas/settings',
  'POST servers', 'PATCH servers', 'DELETE servers', 'DELETE sessions', 'POST subnets', 'PATCH subnets', 'DELETE subnets',
]; // prettier-ignore

export const FAMILIES: readonly Family[] = [
  {
    key: 'FA',
    folder: 'flasharray',
    resources: FLASHARRAY_RESOURCES,
    leftOut: new Set(FLASHARRAY_LEFT_OUT),
  },
  {
    key: 'FB',
    folder: 'flashblade',
    resources: FLASHBLADE_RESOURCES,
    leftOut: new Set(FLASHBLADE_LEFT_OUT),
  },
];
