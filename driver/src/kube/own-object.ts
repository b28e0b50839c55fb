import type { KubeAnswer, KubeClient } from './kube-client.ts';

/** Group and version of the product's own kinds; their definitions come with the chart. */
const API_VERSION = 'pure-pso.io/v1alpha1';

/** Selects what the driver wrote: what a person made is not the driver's to remove. */
export const MANAGED = { 'app.kubernetes.io/managed-by': 'pure-pso' } as const;

export interface OwnObject {
  /** E.g. `/apis/pure-pso.io/v1alpha1/storagearrays`. */
  readonly collection: string;
  readonly kind: string;
  readonly name: string;
  /** Beside name and label. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

const pathOf = ({ collection, name }: OwnObject): string => `${collection}/${encodeURIComponent(name)}`;
/** One manager for all replicas: who writes next owns the fields of the one before. */
const QUERY = 'fieldManager=pure-pso&force=true';

/** Makes the object, or puts right what belongs to the driver in it. */
export function applyObject(client: KubeClient, object: OwnObject): Promise<KubeAnswer> {
  const { kind, name, metadata = {}, spec } = object;
  return client.request('PATCH', `${pathOf(object)}?${QUERY}`, {
    apiVersion: API_VERSION,
    kind,
    metadata: { ...metadata, name, labels: MANAGED },
    spec,
  });
}

/** Status 404 when somebody removed the object. */
export function applyStatus(client: KubeClient, object: OwnObject, status: object): Promise<KubeAnswer> {
  const { kind, name } = object;
  const body = { apiVersion: API_VERSION, kind, metadata: { name }, status };
  return client.request('PATCH', `${pathOf(object)}/status?${QUERY}`, body);
}
