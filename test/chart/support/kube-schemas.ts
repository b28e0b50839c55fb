import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { Artefact, BuildContext } from '../../tools/artefact.ts';
import { monitoringCrds } from '../../tools/monitoring-crds.ts';

interface Schema {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}
type Definitions = Readonly<Record<string, Schema>>;

const MODULES = ['k8s.io/kubernetes@v1.36.3', 'github.com/kubernetes-csi/external-snapshotter/client/v8@v8.6.0'];
/** Of the snapshotter's module: name of the schema -> definition. */
const SNAPSHOT_KINDS = {
  'volumesnapshotclass-snapshot-v1.json': 'config/crd/snapshot.storage.k8s.io_volumesnapshotclasses.yaml',
  'volumegroupsnapshotclass-groupsnapshot-v1.json':
    'config/crd/groupsnapshot.storage.k8s.io_volumegroupsnapshotclasses.yaml',
};
/** The same of the Prometheus operator's. */
const MONITORING_KINDS = {
  'podmonitor-monitoring-v1.json': 'monitoring.coreos.com_podmonitors.yaml',
  'prometheusrule-monitoring-v1.json': 'monitoring.coreos.com_prometheusrules.yaml',
};
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

/** Kubernetes' OpenAPI made strict: an unknown field is an error, null is as good as absent. */
function strict(schema: unknown, top = false): unknown {
  if (Array.isArray(schema)) return schema.map(item => strict(item));
  if (!isObject(schema)) return schema;
  if (schema.format === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true) {
    return { type: ['string', 'integer', 'null'] };
  }
  const kept = Object.entries(schema).filter(
    ([key]) => !key.startsWith('x-kubernetes') && key !== 'description' && key !== 'format',
  );
  const result: Record<string, unknown> = Object.fromEntries(
    kept.map(([key, value]) => [key, key === 'properties' ? strictMembers(value) : strict(value)]),
  );
  if (schema.properties && schema.additionalProperties === undefined) result.additionalProperties = false;
  if (typeof schema.type === 'string' && !top) result.type = [schema.type, 'null'];
  return result;
}

const strictMembers = (properties: unknown): unknown =>
  Object.fromEntries(Object.entries(properties as Definitions).map(([key, value]) => [key, strict(value)]));

function references(schema: unknown, all: Definitions, seen: Set<string>): Set<string> {
  if (!isObject(schema)) return seen;
  for (const [key, value] of Object.entries(schema)) {
    if (key !== '$ref' || typeof value !== 'string') {
      references(value, all, seen);
      continue;
    }
    const name = value.slice('#/definitions/'.length);
    if (seen.has(name)) continue;
    seen.add(name);
    references(all[name], all, seen);
  }
  return seen;
}

/** kubeconform looks for `<kind>-<first part of the group>-<version>.json`. */
const fileName = (kind: string, group: string, version: string): string =>
  `${[kind, ...(group ? [group.split('.')[0]] : []), version].join('-').toLowerCase()}.json`;

function schemasOf(definitions: Definitions): ReadonlyMap<string, unknown> {
  const all: Definitions = {
    ...(strictMembers(definitions) as Definitions),
    [QUANTITY]: { type: ['string', 'number', 'null'] },
  };
  const files = new Map<string, unknown>();
  for (const [name, definition] of Object.entries(definitions)) {
    const [gvk, ...more] = definition['x-kubernetes-group-version-kind'] ?? [];
    if (!gvk || more.length > 0) continue;
    const needed = [...references(all[name], all, new Set())];
    const schema = {
      ...all[name],
      type: 'object',
      required: ['apiVersion', 'kind'],
      definitions: Object.fromEntries(needed.map(key => [key, all[key]])),
    };
    files.set(fileName(gvk.kind, gvk.group, gvk.version), schema);
  }
  return files;
}

async function moduleFolders(context: BuildContext): Promise<readonly string[]> {
  const list = path.join(context.work, 'modules.json');
  await context.run('go', ['mod', 'download', '-json', ...MODULES], { cwd: context.work, stdoutFile: list });
  const objects = (await readFile(list, 'utf8')).split(/(?<=^\})\n/m).filter(text => text.trim() !== '');
  return objects.map(text => (JSON.parse(text) as { Dir: string }).Dir);
}

async function crdSchema(file: string): Promise<unknown> {
  const crd = parse(await readFile(file, 'utf8')) as {
    spec: { versions: { name: string; schema: { openAPIV3Schema: Schema } }[] };
  };
  const found = crd.spec.versions.find(({ name }) => name === 'v1');
  const schema = strict(found?.schema.openAPIV3Schema, true) as Schema;
  return { ...schema, properties: { ...schema.properties, metadata: { type: 'object' } } };
}

/** Schemas of every object of Kubernetes, and of those of others that the chart makes, for kubeconform without a network. */
export const kubeSchemas: Artefact = {
  name: 'kube-schemas',
  title: 'Kubernetes object schemas',
  estimateSeconds: 10,
  weight: 'light',
  needs: [monitoringCrds],
  hostPackages: [],
  inputs: () => Promise.resolve({ files: [import.meta.filename], values: MODULES }),
  build: async context => {
    const [kubernetes = '', snapshotter = ''] = await moduleFolders(context);
    const swagger = await readFile(path.join(kubernetes, 'api/openapi-spec/swagger.json'), 'utf8');
    const files = new Map(schemasOf((JSON.parse(swagger) as { definitions: Definitions }).definitions));
    for (const [name, file] of Object.entries(SNAPSHOT_KINDS)) {
      files.set(name, await crdSchema(path.join(snapshotter, file)));
    }
    for (const [name, file] of Object.entries(MONITORING_KINDS)) {
      files.set(name, await crdSchema(path.join(context.path(monitoringCrds), file)));
    }
    for (const [name, schema] of files) await writeFile(path.join(context.out, name), JSON.stringify(schema));
  },
};
