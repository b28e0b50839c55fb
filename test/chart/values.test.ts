import { beforeAll, describe, expect, it } from '@jest/globals';
import { flashArraySchema, flashBladeSchema } from '../../driver/src/config/array-schema.ts';
import { settingsSchema, type Settings } from '../../driver/src/config/settings-schema.ts';
import { valuesJsonSchema, type JsonSchema } from '../../scripts/generate/values-json-schema.ts';
import { ensure } from '../tools/ensure.ts';
import { helmTools } from '../tools/go-tools.ts';
import { find, fixture, helmTemplate, render, TOOLS_TIMEOUT_MS, type KubeObject } from './support/chart.ts';
import { pod, template } from './support/pod.ts';

const TOKEN = 'c0ffee00-2222-3333-4444-555555555555';
const array = { MgmtEndPoint: '192.0.2.1', APIToken: TOKEN };

const settings = (objects: readonly KubeObject[]): Settings => {
  const { data } = find(objects, 'ConfigMap', 'pure-pso-settings') as unknown as { data: Record<string, string> };
  return settingsSchema.parse(JSON.parse(data['settings.json'] ?? ''));
};

interface ArraysFile {
  readonly FlashArrays: unknown[];
  readonly FlashBlades: unknown[];
}

const arraysFile = (objects: readonly KubeObject[]): ArraysFile => {
  const { data } = find(objects, 'Secret', 'pure-pso-arrays') as unknown as { data: Record<string, string> };
  return JSON.parse(Buffer.from(data['pure.json'] ?? '', 'base64').toString()) as ArraysFile;
};

/** Null for every key that the schema knows at this depth, e.g. `{ flasharray: { sanType: null, … }, … }` for 2. */
function nullsAt(schema: JsonSchema | undefined, depth: number): unknown {
  const entries = Object.entries(schema?.properties ?? {});
  if (depth === 0 || entries.length === 0) return null;
  return Object.fromEntries(entries.map(([key, child]) => [key, nullsAt(child, depth - 1)]));
}

beforeAll(async () => {
  await ensure(helmTools);
}, TOOLS_TIMEOUT_MS);

describe('values files of PSO', () => {
  it('renders the defaults of 6.2.3 as our own defaults', async () => {
    const objects = await render(fixture('pso-6-defaults'));
    expect(arraysFile(objects)).toEqual({ FlashArrays: [], FlashBlades: [] });
    const images = (pods: readonly KubeObject[]) =>
      pod(find(pods, 'Deployment', 'pure-pso-controller')).containers.map(c => c.image);
    expect(images(objects)).toEqual(images(await render({})));
    expect(pod(find(objects, 'Deployment', 'pure-pso-controller')).serviceAccountName).toBe('pure');
    expect(settings(objects)).toEqual(settings(await render({})));
  });

  it('renders the documented sample into files that the driver reads', async () => {
    const objects = await render(fixture('pso-6-sample'));
    const { FlashArrays, FlashBlades } = arraysFile(objects);
    expect(FlashArrays.map(item => flashArraySchema.parse(item).Labels)).toEqual([
      {},
      { rack: '22', env: 'prod', 'topology.purestorage.com/zone': 'zone-0' },
    ]);
    expect(FlashBlades.map(item => flashBladeSchema.parse(item)).map(b => b.NFSEndPoint ?? b.NfsEndPoint)).toEqual([
      '192.0.2.7',
      '192.0.2.9',
    ]);
    expect(settings(objects)).toMatchObject({
      clusterID: 'sample_cluster',
      logLevel: 'debug',
      sanType: 'iscsi',
      iscsiAllowedCidrs: ['192.0.2.0/24', '198.51.100.0/24'],
    });
    const args = pod(find(objects, 'Deployment', 'pure-pso-controller')).containers.find(
      c => c.name === 'provisioner',
    )?.args;
    expect(args).toEqual(expect.arrayContaining(['--feature-gates=Topology=true', '--strict-topology=true']));
  });

  it('reads the older spellings of PSO 5', async () => {
    const objects = await render(fixture('pso-5'));
    expect(settings(objects)).toMatchObject({ clusterID: 'k8s', mountOptions: [] });
    expect(pod(find(objects, 'DaemonSet', 'pure-pso-node')).nodeSelector).toEqual({
      disk: 'fast',
      'kubernetes.io/os': 'linux',
    });
    expect(pod(find(objects, 'Deployment', 'pure-pso-controller')).tolerations).toEqual([
      { key: 'infra', operator: 'Exists' },
    ]);
    expect(find(objects, 'StorageClass', 'pure').metadata.annotations).toEqual({
      'storageclass.kubernetes.io/is-default-class': 'true',
    });
  });
});

describe('defaults', () => {
  it('are those of the driver, so that a key has one default', async () => {
    expect(settings(await render({}))).toEqual(settingsSchema.parse({ clusterID: 'unset' }));
  });

  it('are not put in place of a zero', async () => {
    expect(settings(await render({ placement: { doubtWindowSeconds: 0 } })).doubtWindowSeconds).toBe(0);
  });

  it.each([1, 2, 3, 4])('renders with null for every key at depth %i', async depth => {
    const objects = await render(nullsAt(valuesJsonSchema(), depth));
    expect(settings(objects)).toEqual(settingsSchema.parse({ clusterID: 'unset' }));
    const images = pod(find(objects, 'Deployment', 'pure-pso-controller')).containers.map(c => c.image);
    expect(images).toEqual(
      pod(find(await render({}), 'Deployment', 'pure-pso-controller')).containers.map(c => c.image),
    );
  });
});

describe('wrong values', () => {
  it.each<[string, unknown]>([
    ['/clusterID', { clusterID: 'my-cluster' }],
    ['/clusterID', { clusterID: 'x'.repeat(23) }],
    ['/arrays', { arrays: 'fa1' }],
    ['/arrays/FlashArrays', { arrays: { FlashArrays: array } }],
    ['/arrays/FlashArrays/0', { clusterID: 'c', arrays: { FlashArrays: [{ APIToken: TOKEN }] } }],
    ['/arrays/FlashArrays/0/MgmtEndPoint', { arrays: { FlashArrays: [{ ...array, MgmtEndPoint: 'https://fa1' }] } }],
    ['/arrays/FlashArrays/0/APIToken', { arrays: { FlashArrays: [{ ...array, APIToken: '' }] } }],
    ['/flasharray/sanType', { flasharray: { sanType: 'usb' } }],
    ['/flasharray/iSCSILoginTimeout', { flasharray: { iSCSILoginTimeout: '20' } }],
    ['/sidecars/timeout', { sidecars: { timeout: 60 } }],
    ['/placement/maxUsedPercent', { placement: { maxUsedPercent: 101 } }],
    ['/orchestrator/basePath', { orchestrator: { basePath: 'var/lib/kubelet' } }],
  ])('names %s', async (field, values) => {
    const { code, stderr } = await helmTemplate(values);
    expect(code).not.toBe(0);
    expect(stderr.replaceAll('.', '/')).toContain(field);
    expect(stderr).not.toContain(TOKEN);
  });

  it('asks for a cluster id when there are arrays and no cluster to derive it from', async () => {
    const { code, stderr } = await helmTemplate({ arrays: { FlashArrays: [array] } });
    expect(code).not.toBe(0);
    expect(stderr).toContain('clusterID is not set');
    expect(stderr).not.toContain(TOKEN);
  });
});

describe('arrays', () => {
  const of = (arrays: unknown) => render({ clusterID: 'lab', arrays });

  it('change without a restart of any pod, settings that all parts read with one of each', async () => {
    const [none, one, other] = await Promise.all([
      of({}),
      of({ FlashArrays: [array] }),
      render({ clusterID: 'lab', logLevel: 'warn' }),
    ]);
    for (const [kind, name] of [
      ['Deployment', 'pure-pso-controller'],
      ['DaemonSet', 'pure-pso-node'],
    ] as const) {
      expect(template(find(one, kind, name))).toEqual(template(find(none, kind, name)));
      expect(template(find(other, kind, name))).not.toEqual(template(find(none, kind, name)));
    }
  });

  it('come from a Secret of the user, and then none is made', async () => {
    for (const [values, name] of [
      [{ arrays: { existingSecret: 'mine' } }, 'mine'],
      [{ existingSecret: true }, 'pure-provisioner-secret'],
    ] as const) {
      const objects = await render({ clusterID: 'lab', ...values });
      expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
      const volumes = pod(find(objects, 'Deployment', 'pure-pso-controller')).volumes;
      expect(volumes.find(volume => volume.name === 'arrays')).toMatchObject({ secret: { secretName: name } });
    }
  });

  it('show their tokens in the Secret only', async () => {
    const objects = await of({ FlashArrays: [array] });
    const others = JSON.stringify(objects.filter(({ kind }) => kind !== 'Secret'));
    expect(others).not.toContain(TOKEN);
    expect(arraysFile(objects).FlashArrays).toEqual([array]);
    expect(pod(find(objects, 'DaemonSet', 'pure-pso-node')).volumes.map(volume => volume.secret)).not.toContainEqual(
      expect.anything(),
    );
  });
});
