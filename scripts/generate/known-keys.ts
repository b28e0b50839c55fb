import type { JsonSchema } from './values-json-schema.ts';

/** `true`: whatever is below is somebody else's; a list holds the tree of its items. */
export type KnownKeys = true | readonly [KnownKeys] | { readonly [key: string]: KnownKeys };

/** Keys of an older PSO, for which the chart's notes have words of their own. */
const OBSOLETE: KnownKeys = {
  upgrade: true,
  DBTopology: true,
  database: true,
  flexPath: true,
  app: { prereq: true },
  orchestrator: { k8s: true, openshift: true },
  images: { database: true, nodeConfig: true, csi: { nodeDriverRegistrar: true, livenessProbe: true } },
  csi: { nodeDriverRegistrar: true, livenessProbe: true, clusterDriverRegistrar: true },
};

/** Parent charts and Rancher write what they like there. */
const OPEN: KnownKeys = { global: true };

function tree(schema: JsonSchema): KnownKeys {
  const entries = Object.entries(schema.properties ?? {});
  if (entries.length > 0) return Object.fromEntries(entries.map(([key, child]) => [key, tree(child)]));
  const items = schema.items === undefined ? true : tree(schema.items);
  return items === true ? true : [items];
}

const isTree = (keys: KnownKeys | undefined): keys is { readonly [key: string]: KnownKeys } =>
  typeof keys === 'object' && !Array.isArray(keys);

function join(first: KnownKeys, second: KnownKeys): KnownKeys {
  if (!isTree(first) || !isTree(second)) return second;
  const added = Object.entries(second).map(([key, value]) => [
    key,
    key in first ? join(first[key] ?? true, value) : value,
  ]);
  return { ...first, ...(Object.fromEntries(added) as Record<string, KnownKeys>) };
}

/** What the chart's notes compare values with, to name those that have no effect. */
export const knownKeys = (schema: JsonSchema): KnownKeys => [OBSOLETE, OPEN].reduce(join, tree(schema));
