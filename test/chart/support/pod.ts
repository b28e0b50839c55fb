import type { KubeObject } from './chart.ts';

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface Pod {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly serviceAccountName: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations?: readonly unknown[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  /** Native sidecars first, then the others. */
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes: readonly Readonly<Record<string, unknown>>[];
}

interface Workload extends KubeObject {
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
      readonly spec: Pod;
    };
  };
}

/** The pod template of a Deployment or DaemonSet. */
export const template = (object: KubeObject) => (object as Workload).spec.template;
export const pod = (object: KubeObject): Pod => {
  const { spec } = template(object);
  return { ...spec, containers: [...(spec.initContainers ?? []), ...spec.containers] };
};
