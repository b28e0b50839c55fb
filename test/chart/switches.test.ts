import { beforeAll, describe, expect, it } from '@jest/globals';
import { settingsSchema } from '../../driver/src/config/settings-schema.ts';
import { ensure } from '../tools/ensure.ts';
import { helmTools } from '../tools/go-tools.ts';
import { find, helmTemplate, objectsIn, TOOLS_TIMEOUT_MS, type KubeObject } from './support/chart.ts';
import { nested } from './support/chart-files.ts';
import { conform } from './support/conform.ts';
import { pairwise, type Combination, type Switches } from './support/pairwise.ts';
import { kubeSchemas } from './support/kube-schemas.ts';

const array = { MgmtEndPoint: '192.0.2.1', APIToken: '00000000-0000-0000-0000-000000000001' };

/** Every value that turns something on, off or into another. */
const SWITCHES: Switches = {
  clusterID: ['lab'],
  'arrays.FlashArrays': [[], [array]],
  'arrays.existingSecret': ['', 'fleet'],
  existingSecret: [false, true],
  'flasharray.sanType': ['ISCSI', 'NVMEOF-TCP'],
  'flasharray.defaultMountOpt': [['discard'], '', null],
  'storagetopology.enable': [false, true],
  storageCapacity: [false, true],
  'storageclass.createBuiltIn': [true, 'false'],
  'storageclass.default': ['', 'own'],
  'storageclass.pureBackend': [null, 'block', 'file'],
  storageClasses: [[{ name: 'own' }], [{ name: 'own', backend: 'file', mountOptions: ['nfsvers=4.1'] }]],
  'snapshots.enabled': ['auto', true, false],
  'snapshots.createBuiltIn': [true, false],
  'snapshots.groups': ['auto', 'true', false],
  snapshotClasses: [[], [{ name: 'keep', deletionPolicy: 'Retain' }]],
  volumeAttributesClasses: [[], [{ name: 'silver', parameters: { iops_limit: 2000 } }]],
  'orchestrator.name': ['k8s', 'openshift'],
  'controllerServer.replicas': [1, 2],
  'controllerServer.podDisruptionBudget.enabled': [true, false],
  'controllerServer.topologySpreadConstraints': [
    [],
    [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
  ],
  'rbac.userRoles.create': [true, false],
  'rbac.userRoles.aggregateToDefaultRoles': [true, false],
  'customResources.create': [true, false],
  'arrayCheck.enabled': [true, false],
  'networkPolicy.enabled': [true, false],
  'networkPolicy.egress': [[], [{ ports: [{ port: 443 }] }]],
  'images.registry': ['', 'mirror.example.com'],
  'global.cattle.systemDefaultRegistry': ['', 'rancher.example.com'],
  'app.debug': [false, true],
  'monitoring.volumes': [true, false],
  'monitoring.podMonitor.enabled': ['auto', true, false],
  'monitoring.prometheusRule.enabled': ['auto', 'true', false],
  'monitoring.dashboards.enabled': ['auto', true, false],
};
const APIS = ['snapshot.storage.k8s.io/v1', 'groupsnapshot.storage.k8s.io/v1'];
const combinations = pairwise(SWITCHES);

beforeAll(async () => {
  await ensure(helmTools);
  await ensure(kubeSchemas);
}, TOOLS_TIMEOUT_MS);

const names = (objects: readonly KubeObject[], kind: string): readonly string[] =>
  objects.filter(object => object.kind === kind).map(({ metadata }) => metadata.name);

function expectedClasses(chosen: Combination): readonly string[] {
  const builtIn = chosen['storageclass.createBuiltIn'] === true;
  const older = builtIn && chosen['storageclass.pureBackend'] !== null;
  return [...(builtIn ? ['pure-block', 'pure-file'] : []), ...(older ? ['pure'] : []), 'own'];
}

describe('pairwise', () => {
  it('lets every two values of every two switches meet', () => {
    const entries = Object.entries(SWITCHES);
    for (const [first, firstValues] of entries) {
      for (const [second, secondValues] of entries.filter(([name]) => name > first)) {
        for (const a of firstValues) {
          for (const b of secondValues) {
            expect(combinations.some(row => row[first] === a && row[second] === b)).toBe(true);
          }
        }
      }
    }
    expect(combinations.length).toBeLessThan(35);
  });
});

describe('switches', () => {
  it.each(combinations.map((chosen, index) => [index, chosen] as const))('combine (%i)', async (_index, chosen) => {
    const values = nested(Object.entries(chosen));
    const { stdout, stderr } = await helmTemplate(values, APIS);
    expect(stderr).toBe('');
    expect(await conform(stdout)).toEqual([]);
    const objects = objectsIn(stdout);
    const settings = (find(objects, 'ConfigMap', 'pure-pso-settings') as unknown as { data: Record<string, string> })
      .data;
    expect(settingsSchema.parse(JSON.parse(settings['settings.json'] ?? '')).clusterID).toBe('lab');
    expect(names(objects, 'StorageClass').toSorted()).toEqual(expectedClasses(chosen).toSorted());
    const hasSnapshots = chosen['snapshots.enabled'] !== false;
    expect(names(objects, 'VolumeSnapshotClass').length > 0).toBe(
      hasSnapshots && (chosen['snapshots.createBuiltIn'] === true || (chosen.snapshotClasses as unknown[]).length > 0),
    );
    expect(names(objects, 'VolumeGroupSnapshotClass').length > 0).toBe(
      hasSnapshots && chosen['snapshots.groups'] !== false,
    );
    expect(names(objects, 'VolumeAttributesClass')).toHaveLength((chosen.volumeAttributesClasses as unknown[]).length);
    const ownSecret = chosen.existingSecret === true || chosen['arrays.existingSecret'] !== '';
    expect(names(objects, 'Secret')).toEqual(ownSecret ? [] : ['pure-pso-arrays']);
    const userRoles = names(objects, 'ClusterRole').filter(name => name.includes('-snapshots-'));
    expect(userRoles).toHaveLength(hasSnapshots && chosen['rbac.userRoles.create'] === true ? 2 : 0);
    const hasResources = chosen['customResources.create'] === true;
    expect(names(objects, 'CustomResourceDefinition')).toHaveLength(hasResources ? 2 : 0);
    expect(names(objects, 'ValidatingAdmissionPolicy')).toHaveLength(hasResources ? 1 : 0);
    expect(names(objects, 'ClusterRole').includes('pure-pso-resources-view')).toBe(
      hasResources && chosen['rbac.userRoles.create'] === true,
    );
    expect(names(objects, 'NetworkPolicy').length > 0).toBe(chosen['networkPolicy.enabled']);
    expect(names(objects, 'PodDisruptionBudget').length > 0).toBe(
      chosen['controllerServer.replicas'] === 2 && chosen['controllerServer.podDisruptionBudget.enabled'] === true,
    );
    expect(names(objects, 'PodMonitor')).toHaveLength(chosen['monitoring.podMonitor.enabled'] === true ? 2 : 0);
    expect(names(objects, 'PrometheusRule')).toHaveLength(
      chosen['monitoring.prometheusRule.enabled'] === 'true' ? 1 : 0,
    );
    expect(names(objects, 'ConfigMap')).toHaveLength(chosen['monitoring.dashboards.enabled'] === true ? 6 : 1);
    expect(names(objects, 'SecurityContextConstraints').length > 0).toBe(chosen['orchestrator.name'] === 'openshift');
  });
});
