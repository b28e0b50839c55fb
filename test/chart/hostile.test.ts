import { beforeAll, describe, expect, it } from '@jest/globals';
import { valuesJsonSchema, type JsonSchema } from '../../scripts/generate/values-json-schema.ts';
import { ensure } from '../tools/ensure.ts';
import { helmTools } from '../tools/go-tools.ts';
import { find, helmTemplate, objectsIn, TOOLS_TIMEOUT_MS, type KubeObject } from './support/chart.ts';
import { nested } from './support/chart-files.ts';
import { kubeSchemas } from './support/kube-schemas.ts';
import { conform } from './support/conform.ts';

const MEBIBYTE = 1 << 20;
const schema = valuesJsonSchema();

/** Dotted key and schema of everything that is no group. */
function leaves(at: JsonSchema, key = ''): readonly (readonly [key: string, schema: JsonSchema])[] {
  const children = Object.entries(at.properties ?? {});
  if (children.length === 0) return [[key, at]];
  return children.flatMap(([name, child]) => leaves(child, key === '' ? name : `${key}.${name}`));
}
const groups = (at: JsonSchema, key = ''): readonly string[] =>
  Object.entries(at.properties ?? {})
    .filter(([, child]) => child.properties !== undefined)
    .flatMap(([name, child]) => {
      const path = key === '' ? name : `${key}.${name}`;
      return [path, ...groups(child, path)];
    });

const typesOf = (at: JsonSchema): readonly string[] => [
  ...(typeof at.type === 'string' ? [at.type] : (at.type ?? [])),
  ...(at.anyOf ?? []).flatMap(typesOf),
];

/** A value of no type that the key takes. */
function wrong(at: JsonSchema): unknown {
  const types = typesOf(at);
  if (!types.includes('object')) return { wrong: 1 };
  if (!types.includes('array')) return ['wrong'];
  return true;
}

const pointer = (key: string): string => `'/${key.replaceAll('.', '/')}'`;

beforeAll(async () => {
  await ensure(helmTools);
  await ensure(kubeSchemas);
}, TOOLS_TIMEOUT_MS);

describe('wrong types', () => {
  it('are named by key, each in one line, for every key of the schema', async () => {
    const all = leaves(schema);
    expect(all.length).toBeGreaterThan(100);
    const { code, stderr } = await helmTemplate(nested(all.map(([key, at]) => [key, wrong(at)])));
    expect(code).not.toBe(0);
    const lines = stderr.split('\n');
    for (const [key] of all) expect(lines.filter(line => line.includes(`at ${pointer(key)}:`))).not.toEqual([]);
  });

  it('are named for every group, too', async () => {
    const top = groups(schema).filter(key => !key.includes('.'));
    const deep = groups(schema).filter(key => key.includes('.'));
    for (const keys of [top, deep]) {
      const { stderr } = await helmTemplate(nested(keys.toReversed().map(key => [key, 'text'])));
      const outermost = keys.filter(key => !keys.some(other => key.startsWith(`${other}.`)));
      expect(outermost.length).toBeGreaterThan(3);
      for (const key of outermost) expect(stderr).toContain(`at ${pointer(key)}: got string`);
    }
  });

  it('are named in items of lists', async () => {
    const { stderr } = await helmTemplate({
      storageClasses: [{ name: 'ok' }, { name: 'UPPER' }, { backend: 'block' }, { name: 'x', backend: 'tape' }],
      snapshotClasses: [{ name: 'ok', deletionPolicy: 'Maybe' }],
      imagePullSecrets: [{ name: 5 }],
    });
    for (const part of [
      "at '/storageClasses/1/name'",
      "at '/storageClasses/2': missing property 'name'",
      "at '/storageClasses/3/backend'",
      "at '/snapshotClasses/0/deletionPolicy'",
      "at '/imagePullSecrets/0'",
    ]) {
      expect(stderr).toContain(part);
    }
  });
});

describe('a value of a mebibyte', () => {
  it.each([
    [
      'arrays.FlashArrays',
      [{ MgmtEndPoint: 'fa1', APIToken: 'x', Labels: { env: 'x'.repeat(MEBIBYTE) } }],
      '/Labels/env',
    ],
    ['controllerServer.podLabels', { team: 'x'.repeat(MEBIBYTE) }, '/team'],
    ['nodeServer.podAnnotations', { note: 'x'.repeat(MEBIBYTE) }, '/note'],
    ['storageclass.default', 'x'.repeat(MEBIBYTE), ''],
    ['flashblade.exportRules', 'x'.repeat(MEBIBYTE), ''],
  ])('in %s is refused by name, not printed', async (key, value, below) => {
    const { code, stderr } = await helmTemplate(
      nested([
        ['clusterID', 'lab'],
        [key, value],
      ]),
    );
    expect(code).not.toBe(0);
    expect(stderr.replaceAll(/\/\d+/g, '')).toContain(`'/${key.replaceAll('.', '/')}${below}'`);
    expect(stderr.length).toBeLessThan(2000);
  });
});

/** Texts that would end a line, a string, a document, or run as a template. */
const HOSTILE = [
  '{{ fail "ran" }}',
  '{{ .Values.arrays | toYaml }}',
  'a"b\'c: d',
  'x\n- injected: true\n---\nkind: Pod',
  '*anchor &anchor !!binary',
  'yes',
  '0x10',
  '1e3',
  '~',
];

const identity = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.name}`;

describe('hostile text', () => {
  it.each(HOSTILE)('%j in free places stays that text', async text => {
    const values = nested([
      ['clusterID', 'lab'],
      ['arrays.FlashArrays', [{ MgmtEndPoint: 'fa1', APIToken: 'token', Labels: { env: text } }]],
      ['flasharray.defaultFSOpt', text],
      ['flasharray.defaultMountOpt', [text]],
      ['storageClasses', [{ name: 'own', annotations: { note: text }, parameters: { arraySelector: text } }]],
      ['controllerServer.podAnnotations', { note: text }],
      ['nodeServer.tolerations', [{ key: 'k', operator: 'Equal', value: text }]],
      ['nodeServer.podAnnotations', { note: text }],
    ]);
    const { stdout, stderr } = await helmTemplate(values);
    expect(stderr).toBe('');
    expect(await conform(stdout)).toEqual([]);
    const objects = objectsIn(stdout);
    const harmless = objectsIn((await helmTemplate({ clusterID: 'lab', storageClasses: [{ name: 'own' }] })).stdout);
    expect(objects.map(identity)).toEqual(harmless.map(identity));
    expect(find(objects, 'StorageClass', 'own')).toMatchObject({
      metadata: { annotations: { note: text } },
      parameters: { arraySelector: text },
      mountOptions: text.split(',').map(part => part.trim()),
    });
    expect(find(objects, 'StorageClass', 'pure-block')).toMatchObject({ parameters: { createoptions: text } });
    const { data } = find(objects, 'Secret', 'pure-pso-arrays') as unknown as { data: Record<string, string> };
    const file = Buffer.from(data['pure.json'] ?? '', 'base64').toString();
    expect(JSON.parse(file)).toMatchObject({ FlashArrays: [{ Labels: { env: text } }] });
    for (const [kind, name] of [
      ['Deployment', 'pure-pso-controller'],
      ['DaemonSet', 'pure-pso-node'],
    ] as const) {
      expect(find(objects, kind, name)).toMatchObject({
        spec: { template: { metadata: { annotations: { note: text } } } },
      });
    }
  });

  it('in names, paths, tags and durations is refused by key', async () => {
    const keys = [
      'arrays.existingSecret', 'clusterID', 'clusterrolebinding.serviceAccount.name', 'controllerServer.priorityClassName',
      'images.plugin.name', 'images.plugin.tag', 'images.registry', 'orchestrator.basePath', 'sidecars.timeout',
      'storageclass.default', 'snapshots.defaultClass', 'nodeServer.maxUnavailable', 'flasharray.iSCSIAllowedCIDR',
      'global.cattle.systemDefaultRegistry', 'logLevel', 'flasharray.sanType', 'proxy.https',
    ]; // prettier-ignore
    const { stderr } = await helmTemplate(nested(keys.map(key => [key, 'x\n- injected: true'])));
    for (const key of keys) expect(stderr).toContain(`at ${pointer(key)}`);
  });
});
