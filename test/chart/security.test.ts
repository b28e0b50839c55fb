import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { CHART, find, objectsIn, render, TOOLS_TIMEOUT_MS, type KubeObject } from './support/chart.ts';
import { pod } from './support/pod.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

const roles = (objects: readonly KubeObject[]) =>
  objects.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role') as (KubeObject & {
    rules: readonly Rule[];
  })[];

/** Everything that a switch can bring. */
const ALL = { clusterID: 'lab', storageCapacity: true, snapshots: { groups: true } };

let objects: readonly KubeObject[] = [];
let openshift: readonly KubeObject[] = [];
beforeAll(async () => {
  [objects, openshift] = await Promise.all([render(ALL), render({ ...ALL, orchestrator: { name: 'openshift' } })]);
}, TOOLS_TIMEOUT_MS);

describe('RBAC', () => {
  it('has no wildcard, no Secrets, and nothing that gives more rights', () => {
    const rules = [...roles(objects), ...roles(openshift)].flatMap(role => role.rules);
    expect(rules.length).toBeGreaterThan(15);
    for (const rule of rules) {
      expect([...rule.apiGroups, ...rule.resources, ...rule.verbs]).not.toContain('*');
      expect(rule.resources.map(resource => resource.split('/')[0])).not.toContain('secrets');
      expect(rule.apiGroups).not.toContain('rbac.authorization.k8s.io');
      for (const verb of ['escalate', 'bind', 'impersonate', 'deletecollection'])
        expect(rule.verbs).not.toContain(verb);
    }
  });

  it('lets the node plugin read nodes and write what it reports, nothing else', () => {
    const nodeRules = (of: readonly KubeObject[]) =>
      roles(of).find(({ metadata }) => metadata.name === 'pure-pso-node')?.rules;
    const readNodes = { apiGroups: [''], resources: ['nodes'], verbs: ['get'] };
    const report = [
      { apiGroups: ['pure-pso.io'], resources: ['storagenodes'], verbs: ['create', 'patch'] },
      { apiGroups: ['pure-pso.io'], resources: ['storagenodes/status'], verbs: ['patch'] },
    ];
    expect(nodeRules(objects)).toEqual([readNodes, ...report]);
    expect(nodeRules(openshift)).toEqual([
      readNodes,
      ...report,
      {
        apiGroups: ['security.openshift.io'],
        resources: ['securitycontextconstraints'],
        resourceNames: ['pure-pso-node'],
        verbs: ['use'],
      },
    ]);
  });

  it('binds every role to an account that the chart makes, and names all by the release', () => {
    const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name);
    const bindings = objects.filter(({ kind }) => kind.endsWith('RoleBinding')) as (KubeObject & {
      roleRef: { name: string };
      subjects: readonly { name: string; namespace: string }[];
    })[];
    const own = roles(objects).filter(
      ({ metadata }) => !/-(snapshots-(view|edit)|(resources|preview)-view|array-check)$/.test(metadata.name),
    );
    expect(bindings.map(({ roleRef }) => roleRef.name).sort()).toEqual(own.map(({ metadata }) => metadata.name).sort());
    for (const { subjects, metadata } of bindings) {
      expect(metadata.name).toMatch(/^pure-pso-/);
      expect(subjects).toHaveLength(1);
      expect(subjects[0]?.namespace).toBe('storage');
      expect(accounts).toContain(subjects[0]?.name);
    }
  });
});

describe('the roles for Rancher', () => {
  it('give no Secret, no wildcard and nothing that gives more rights', () => {
    const file = readFileSync(path.join(CHART, 'files/role-templates.yaml'), 'utf8');
    const templates = objectsIn(file) as (KubeObject & { rules: readonly Rule[]; context: string })[];
    expect(templates).toHaveLength(2);
    for (const { kind, context, rules } of templates) {
      expect([kind, context]).toEqual(['RoleTemplate', 'cluster']);
      for (const rule of rules) {
        expect([...rule.apiGroups, ...rule.resources, ...rule.verbs]).not.toContain('*');
        expect(rule.resources).not.toContain('secrets');
        expect(rule.apiGroups).not.toContain('rbac.authorization.k8s.io');
      }
    }
  });
});

describe('OpenShift', () => {
  it('gets constraints that allow what the node plugin asks for, and neither processes nor IPC of the host', () => {
    const constraints = find(openshift, 'SecurityContextConstraints', 'pure-pso-node');
    expect(constraints).toMatchObject({ allowPrivilegedContainer: true, allowHostPID: false, allowHostIPC: false });
    const kinds = pod(find(openshift, 'DaemonSet', 'pure-pso-node')).volumes.flatMap(volume =>
      Object.keys(volume).filter(key => key !== 'name'),
    );
    expect(constraints.volumes).toEqual(expect.arrayContaining(kinds));
    expect(objects.some(({ kind }) => kind === 'SecurityContextConstraints')).toBe(false);
  });

  it('chooses the user of the controller itself, so that restricted-v2 admits it', () => {
    const { securityContext } = pod(find(openshift, 'Deployment', 'pure-pso-controller'));
    expect(securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  });
});

describe('pods', () => {
  it('runs the controller within the Pod Security Standard "restricted"', () => {
    const controller = pod(find(objects, 'Deployment', 'pure-pso-controller'));
    expect(controller).not.toHaveProperty('hostNetwork');
    expect(controller).not.toHaveProperty('hostPID');
    expect(controller.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(controller.containers).toHaveLength(5);
    for (const { securityContext } of controller.containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
    const kinds = controller.volumes.flatMap(volume => Object.keys(volume).filter(key => key !== 'name'));
    expect(new Set(kinds)).toEqual(new Set(['emptyDir', 'secret', 'configMap']));
  });

  it('gives the node plugin one privileged container without the host’s processes or credentials', () => {
    const node = pod(find(objects, 'DaemonSet', 'pure-pso-node'));
    expect(node.containers.map(({ name }) => name)).toEqual(['driver']);
    expect(node.hostNetwork).toBe(true);
    expect(node).not.toHaveProperty('hostPID');
    expect(node.volumes.filter(volume => 'secret' in volume)).toEqual([]);
  });
});
