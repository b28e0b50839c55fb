import type { JsonObject } from '../forms/json.ts';

/** What a release managed by Fleet is offered instead of a write: the user's repository stays the truth. */
export interface BundleTarget {
  readonly release: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version: string;
  /** URL of the Helm repository; empty: the chart's folder beside fleet.yaml. */
  readonly repo: string;
  /** Fleet's name of the cluster whose values these are; empty: all clusters. */
  readonly cluster: string;
}

/** Content of a fleet.yaml; values for one cluster become a customisation of it. */
export function fleetYaml(target: BundleTarget, userValues: JsonObject): JsonObject {
  const helm = helmOf(target);
  if (target.cluster === '') {
    return { defaultNamespace: target.namespace, helm: { ...helm, values: userValues } };
  }
  const customization = { name: target.cluster, clusterName: target.cluster, helm: { values: userValues } };
  return { defaultNamespace: target.namespace, helm, targetCustomizations: [customization] };
}

const helmOf = ({ release, chart, version, repo }: BundleTarget): JsonObject =>
  repo === '' ? { releaseName: release } : { releaseName: release, repo, chart, version };

/** A HelmOp (fleet.cattle.io/v1alpha1): the same without a git repository. */
export function helmOp(target: BundleTarget, workspace: string, userValues: JsonObject): JsonObject {
  const { release, namespace, chart, version, repo, cluster } = target;
  return {
    apiVersion: 'fleet.cattle.io/v1alpha1',
    kind: 'HelmOp',
    metadata: { name: cluster === '' ? release : `${release}-${cluster}`, namespace: workspace },
    spec: {
      defaultNamespace: namespace,
      helm: { releaseName: release, repo, chart, version, values: userValues },
      targets: [cluster === '' ? { clusterSelector: {} } : { clusterName: cluster }],
    },
  };
}
