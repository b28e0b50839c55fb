import { describe, expect, it } from '@jest/globals';
import { type BundleTarget, fleetClusterOf, fleetYaml, helmOp, UNKNOWN_CLUSTER } from './fleet-bundle.ts';

const values = { logLevel: 'debug' };
const target: BundleTarget = {
  release: 'pure-pso',
  namespace: 'storage',
  chart: 'pure-pso',
  version: '0.1.0',
  repo: '',
  cluster: { id: 'c-m-7xk2p9qd', name: 'east', workspace: 'fleet-default' },
};
const inCluster = (name: string, id = target.cluster.id): BundleTarget => ({
  ...target,
  cluster: { ...target.cluster, id, name },
});
const nameOf = (found: BundleTarget): string => {
  const { metadata } = helmOp(found, values) as { metadata: { name: string } };
  return metadata.name;
};
/** What Kubernetes takes for a label, too. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;

describe('a release of Fleet', () => {
  it('is offered as fleet.yaml for its own cluster', () => {
    expect(fleetYaml(target, values)).toEqual({
      defaultNamespace: 'storage',
      helm: { releaseName: 'pure-pso' },
      targetCustomizations: [{ name: 'east', clusterName: 'east', helm: { values } }],
    });
    expect(fleetYaml({ ...target, repo: 'https://charts.example' }, values)).toMatchObject({
      helm: { releaseName: 'pure-pso', repo: 'https://charts.example', chart: 'pure-pso', version: '0.1.0' },
    });
  });

  it('or as a HelmOp', () => {
    expect(helmOp(target, values)).toMatchObject({
      kind: 'HelmOp',
      metadata: { name: 'pure-pso-east', namespace: 'fleet-default' },
      spec: { helm: { values }, targets: [{ clusterName: 'east' }] },
    });
  });

  it.each([['c-m-7xk2p9qd'], ['']])('matches no cluster while its name in Fleet is not known: id "%s"', id => {
    const unknown = inCluster('', id);
    expect(UNKNOWN_CLUSTER).not.toMatch(NAME);
    expect(helmOp(unknown, values)).toMatchObject({ spec: { targets: [{ clusterName: UNKNOWN_CLUSTER }] } });
    const file = fleetYaml(unknown, values);
    expect(file).toMatchObject({
      helm: { releaseName: 'pure-pso' },
      targetCustomizations: [{ clusterName: UNKNOWN_CLUSTER, helm: { values } }],
    });
    expect(JSON.stringify(file.helm)).not.toContain('logLevel');
    expect(nameOf(unknown)).toBe(id === '' ? 'pure-pso' : 'pure-pso-c-m-7xk2p9qd');
  });

  it.each([['Production East'], ['Büro'], ['a.b_c'], ['x'.repeat(63)], ['-edge-'], ['東京']])(
    'has a name that Kubernetes takes in cluster "%s"',
    name => {
      expect(nameOf(inCluster(name))).toMatch(NAME);
      expect(nameOf({ ...inCluster(name), release: `${'long-'.repeat(10)}Name` })).toMatch(NAME);
    },
  );

  it('has one name a cluster, however long the names are', () => {
    const long = 'x'.repeat(62);
    expect(nameOf(inCluster(`${long}1`))).not.toBe(nameOf(inCluster(`${long}2`)));
  });
});

describe("Fleet's name of a cluster", () => {
  const owned = (gvk: string) => ({
    id: 'c-m-7xk2p9qd',
    metadata: {
      annotations: {
        'objectset.rio.cattle.io/owner-gvk': gvk,
        'objectset.rio.cattle.io/owner-name': 'east',
        'objectset.rio.cattle.io/owner-namespace': 'branches',
      },
    },
    spec: { displayName: 'East (new)', fleetWorkspaceName: 'branches' },
  });

  it('is that of the object which the cluster was made from, in its workspace', () => {
    const found = fleetClusterOf(owned('provisioning.cattle.io/v1, Kind=Cluster'));
    expect(found).toEqual({ id: 'c-m-7xk2p9qd', name: 'east', workspace: 'branches' });
  });

  it("is known of Rancher's own", () => {
    expect(fleetClusterOf({ id: 'local' })).toEqual({ id: 'local', name: 'local', workspace: 'fleet-local' });
  });

  it('is never that which people see, which may be the name of another', () => {
    const imported = { id: 'c-x7', spec: { displayName: 'east', fleetWorkspaceName: 'branches' } };
    expect(fleetClusterOf(imported)).toEqual({ id: 'c-x7', name: '', workspace: 'branches' });
    expect(fleetClusterOf(owned('example.com/v1, Kind=Cluster'))).toMatchObject({ name: '' });
    expect(fleetClusterOf(undefined)).toEqual({ id: '', name: '', workspace: 'fleet-default' });
  });
});
