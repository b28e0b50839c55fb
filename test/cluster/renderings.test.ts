import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { objectsIn, type KubeObject } from '../chart/support/chart.ts';
import { caseNames, renderCase } from '../chart/support/snapshots.ts';
import type { Lab } from '../lab/lab.ts';
import { sharedLab } from '../lab/shared-lab.ts';
import { apply, kubectl } from '../support/product/cluster.ts';
import { PRODUCT_LIMIT_MS } from '../support/product/shared-product.ts';
import { ensure } from '../tools/ensure.ts';
import { monitoringCrds } from '../tools/monitoring-crds.ts';

const NAMESPACE = 'renderings';
/** All groups of others that the chart looks for. */
const APIS = ['snapshot.storage.k8s.io/v1', 'groupsnapshot.storage.k8s.io/v1', 'monitoring.coreos.com/v1'];
const CONSTRAINTS = 'securitycontextconstraints.security.openshift.io';
/** OpenShift publishes no definition in a package: this one takes any field, so that objects around it can be tried. */
const OPENSHIFT = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: CONSTRAINTS },
  spec: {
    group: 'security.openshift.io',
    scope: 'Cluster',
    names: {
      kind: 'SecurityContextConstraints',
      listKind: 'SecurityContextConstraintsList',
      plural: 'securitycontextconstraints',
      singular: 'securitycontextconstraints',
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

let lab: Lab;
let definitions: readonly string[] = [];

beforeAll(async () => {
  const [folder] = await Promise.all([ensure(monitoringCrds), sharedLab().then(shared => (lab = shared))]);
  await kubectl(lab, ['create', 'namespace', NAMESPACE]);
  const files = readdirSync(folder);
  for (const file of files) await kubectl(lab, ['create', '-f', path.join(folder, file)]);
  await apply(lab, JSON.stringify(OPENSHIFT));
  const ofOperator = files.map(file => file.replace(/^(.*)_(.*)\.yaml$/, '$2.$1'));
  definitions = [...ofOperator, CONSTRAINTS].map(name => `customresourcedefinition/${name}`);
  await kubectl(lab, ['wait', '--for=condition=Established', '--timeout=30s', ...definitions]);
}, PRODUCT_LIMIT_MS);

/** Whoever installs the chart after this finds the cluster as it was: without these kinds. */
afterAll(async () => {
  await kubectl(lab, ['delete', ...definitions, '--timeout=30s']);
  await kubectl(lab, ['delete', 'namespace', NAMESPACE, '--wait=false']);
}, 60_000);

/** Beside what the cluster has: in a namespace that exists, and under other names, as what exists can't be changed freely. */
function moved(object: KubeObject, name: string): KubeObject {
  if (object.kind === 'CustomResourceDefinition') return object;
  const { metadata } = object;
  const place = 'namespace' in metadata ? { namespace: NAMESPACE } : {};
  return { ...object, metadata: { ...metadata, ...place, name: `${metadata.name}-${name}` } };
}

const dryRun = (objects: readonly unknown[]) =>
  lab.kubectl(['apply', '--dry-run=server', '-f', '-'], {
    stdin: objects.map(object => JSON.stringify(object)).join('\n---\n'),
  });

/** The definitions may be there already, made by Helm, which leaves no note for kubectl: that is all it says of them. */
const objectionsIn = (stderr: string): readonly string[] =>
  stderr
    .split('\n')
    .filter(line => line !== '' && !/^Warning: .* missing the kubectl\.kubernetes\.io\/last-applied-conf/.test(line));

describe('a real API server', () => {
  it.each(caseNames())(
    'takes every object of %s',
    async name => {
      const objects = objectsIn(await renderCase(name, { apis: APIS, dashboards: true }));
      const { code, stdout, stderr } = await dryRun(objects.map(object => moved(object, name)));
      expect(objectionsIn(stderr)).toEqual([]);
      expect(code).toBe(0);
      expect(stdout.trim().split('\n')).toHaveLength(objects.length);
    },
    60_000,
  );

  it('would refuse what it does not know', async () => {
    const [first] = objectsIn(await renderCase('default')).filter(({ kind }) => kind === 'Deployment');
    if (!first) throw new Error('No Deployment.');
    const { spec } = first as KubeObject & { spec: object };
    const { code, stderr } = await dryRun([moved({ ...first, spec: { ...spec, replicaz: 2 } }, 'wrong')]);
    expect(stderr).toContain('unknown field "spec.replicaz"');
    expect(code).not.toBe(0);
  }, 30_000);
});
