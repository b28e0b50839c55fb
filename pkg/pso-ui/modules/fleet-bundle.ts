import type { JsonObject } from '../forms/json.ts';

/** Parts of Rancher's own object of a cluster (management.cattle.io/v3). */
export interface RancherCluster {
  readonly id: string;
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: { readonly fleetWorkspaceName?: string };
}

/** A cluster as Fleet knows it. */
export interface FleetCluster {
  /** Rancher's id, which is in a label of Fleet's object. */
  readonly id: string;
  /** Empty: not known. */
  readonly name: string;
  readonly workspace: string;
}

/** What a release managed by Fleet is offered instead of a write: the user's repository stays the truth. */
export interface BundleTarget {
  readonly release: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version: string;
  /** URL of the Helm repository; empty: the chart's folder beside fleet.yaml. */
  readonly repo: string;
  /** That whose values these are. */
  readonly cluster: FleetCluster;
}

const OWNER = 'objectset.rio.cattle.io/owner';
const OWNER_KIND = /^provisioning\.cattle\.io\/\w+, Kind=Cluster$/u;
/** No cluster can be called so: Kubernetes takes neither upper case nor underscores. */
export const UNKNOWN_CLUSTER = 'NAME_OF_THE_CLUSTER_IN_FLEET';
/** Fleet makes labels of names. */
const MAX_NAME = 63;

/** Fleet's object is called as the one that Rancher made the cluster from (rancher pkg/controllers/provisioningv2/fleetcluster). */
export function fleetClusterOf(cluster: RancherCluster | undefined): FleetCluster {
  const { id = '', metadata, spec } = cluster ?? {};
  const of = (part: string): string => metadata?.annotations?.[`${OWNER}-${part}`] ?? '';
  if (OWNER_KIND.test(of('gvk'))) return { id, name: of('name'), workspace: of('namespace') };
  const isLocal = id === 'local';
  const workspace = spec?.fleetWorkspaceName || (isLocal ? 'fleet-local' : 'fleet-default');
  return { id, name: isLocal ? id : '', workspace };
}

/** Content of a fleet.yaml; the values are a customisation for their cluster. */
export function fleetYaml(target: BundleTarget, userValues: JsonObject): JsonObject {
  const { id, name } = target.cluster;
  const customization = { name: name || id || UNKNOWN_CLUSTER, ...matching(target), helm: { values: userValues } };
  return { defaultNamespace: target.namespace, helm: helmOf(target), targetCustomizations: [customization] };
}

const helmOf = ({ release, chart, version, repo }: BundleTarget): JsonObject =>
  repo === '' ? { releaseName: release } : { releaseName: release, repo, chart, version };

/** An empty name would be all clusters of the workspace. */
const matching = ({ cluster }: BundleTarget): JsonObject => ({ clusterName: cluster.name || UNKNOWN_CLUSTER });

/** A HelmOp (fleet.cattle.io/v1alpha1): the same without a git repository. */
export function helmOp(target: BundleTarget, userValues: JsonObject): JsonObject {
  const { release, namespace, chart, version, repo, cluster } = target;
  return {
    apiVersion: 'fleet.cattle.io/v1alpha1',
    kind: 'HelmOp',
    metadata: { name: objectName(release, cluster.name || cluster.id), namespace: cluster.workspace },
    spec: {
      defaultNamespace: namespace,
      helm: { releaseName: release, repo, chart, version, values: userValues },
      targets: [matching(target)],
    },
  };
}

/** The cluster's end is what tells one from another, so the release's is cut. */
function objectName(release: string, cluster: string): string {
  const end = cut(cluster, MAX_NAME);
  const start = cut(release, Math.max(0, MAX_NAME - 1 - end.length));
  return [start, end].filter(part => part !== '').join('-');
}

const cut = (text: string, length: number): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .slice(0, length)
    .replaceAll(/^-|-$/gu, '');
