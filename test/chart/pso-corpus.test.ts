import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadFleet } from '../../driver/src/config/load.ts';
import { settingsSchema } from '../../driver/src/config/settings-schema.ts';
import { ensure } from '../tools/ensure.ts';
import { helmTools } from '../tools/go-tools.ts';
import { find, fixture, helmTemplate, objectsIn, TOOLS_TIMEOUT_MS, type KubeObject } from './support/chart.ts';
import { conform } from './support/conform.ts';
import { kubeSchemas } from './support/kube-schemas.ts';

/** PSO's own parameters; claims of PSO's users name these classes. */
const BLOCK = { backend: 'block', 'csi.storage.k8s.io/fstype': 'xfs', createoptions: '-q' };
const FILE = { backend: 'file' };

interface Case {
  readonly clusterID: string;
  readonly arrays: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly classes: Readonly<Record<string, unknown>>;
}

/** What each values file of PSO meant. */
const CORPUS: Readonly<Record<string, Case>> = {
  'pso-6-defaults': { clusterID: 'unset', arrays: {}, classes: { 'pure-block': BLOCK, 'pure-file': FILE } },
  'pso-6-sample': {
    clusterID: 'sample_cluster',
    arrays: {
      '192.0.2.4': {},
      '192.0.2.5': { rack: '22', env: 'prod', 'topology.purestorage.com/zone': 'zone-0' },
      '192.0.2.6': {},
      '192.0.2.8': {},
    },
    classes: { 'pure-block': BLOCK, 'pure-file': FILE },
  },
  'pso-6-file-only': {
    clusterID: 'file_only',
    arrays: { '192.0.2.6': { 'topology.purestorage.com/rack': '7' } },
    classes: { 'pure-block': BLOCK, 'pure-file': FILE },
  },
  'pso-5': {
    clusterID: 'k8s',
    arrays: { '192.0.2.4': { rack: '22' } },
    classes: { 'pure-block': BLOCK, 'pure-file': FILE, pure: BLOCK },
  },
  'flex-2': {
    clusterID: 'k8s',
    arrays: { '192.0.2.4': { rack: '22', env: 'prod' }, '192.0.2.5': {}, '192.0.2.6': { rack: '7b', env: 'dev' } },
    classes: { 'pure-block': BLOCK, 'pure-file': FILE, pure: BLOCK },
  },
};

const textOf = (objects: readonly KubeObject[], kind: string, name: string, key: string): string =>
  (find(objects, kind, name) as unknown as { data: Readonly<Record<string, string>> }).data[key] ?? '';

beforeAll(async () => {
  await ensure(helmTools);
  await ensure(kubeSchemas);
}, TOOLS_TIMEOUT_MS);

describe.each(Object.entries(CORPUS))('%s', (name, expected) => {
  let objects: readonly KubeObject[] = [];
  let manifests = '';
  beforeAll(async () => {
    const { code, stdout, stderr } = await helmTemplate(fixture(name));
    expect([code, stderr]).toEqual([0, '']);
    manifests = stdout;
    objects = objectsIn(stdout);
  });

  it('renders what Kubernetes knows', async () => {
    expect(await conform(manifests)).toEqual([]);
  });

  it('gives the driver its settings and its arrays, none refused', () => {
    const settings = settingsSchema.parse(
      JSON.parse(textOf(objects, 'ConfigMap', 'pure-pso-settings', 'settings.json')),
    );
    expect(settings.clusterID).toBe(expected.clusterID);
    const file = Buffer.from(textOf(objects, 'Secret', 'pure-pso-arrays', 'pure.json'), 'base64').toString();
    const fleet = loadFleet(file, settings);
    expect(fleet.problems).toEqual([]);
    expect(Object.fromEntries(fleet.arrays.map(({ endpoint, labels }) => [endpoint, labels]))).toEqual(expected.arrays);
  });

  it("makes PSO's classes with PSO's parameters", () => {
    const classes = objects.filter(({ kind }) => kind === 'StorageClass');
    expect(Object.fromEntries(classes.map(object => [object.metadata.name, object.parameters]))).toEqual(
      expected.classes,
    );
    for (const object of classes) {
      expect(object).toMatchObject({
        provisioner: 'pure-csi',
        reclaimPolicy: 'Delete',
        volumeBindingMode: 'Immediate',
        allowVolumeExpansion: true,
      });
    }
  });
});
