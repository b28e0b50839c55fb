import { beforeAll, describe, expect, it } from '@jest/globals';
import { arrayRows } from '../../pkg/pso-ui/modules/arrays.ts';
import { preflight } from '../../pkg/pso-ui/modules/first-steps.ts';
import { nodeRows, type StorageNode } from '../../pkg/pso-ui/modules/nodes.ts';
import { ensure } from '../tools/ensure.ts';
import { MountedComponent } from './support/component.ts';
import { uiModules } from './ui-artefacts.ts';

const MINUTES = 60_000;
const NOW_MS = Date.parse('2026-01-01T12:00:00Z');
const node = (name: string, more: object): StorageNode => ({
  metadata: { name },
  status: { reportedAt: '2026-01-01T11:59:00Z', addresses: ['10.0.0.1'], ...more },
});
const arrays = arrayRows(null, [
  { metadata: { name: 'a' }, status: { arrayName: 'fa-1', health: 'Healthy', protocols: ['iscsi'] } },
  { metadata: { name: 'b' }, status: { arrayName: 'fa-2', health: 'Healthy', protocols: ['fc'] } },
]);
const message = 'The node has no iSCSI initiator name. Install open-iscsi.';
const rows = nodeRows(
  ['n1', 'n2', 'n3'],
  [
    node('n1', { initiators: { iqn: 'iqn.x', wwpns: ['50:0'] }, paths: { volumes: 3, pathsDown: 0 } }),
    node('n2', { findings: [{ check: 'initiator', severity: 'Error', message }] }),
  ],
  arrays,
  NOW_MS,
);

describe('the matrix of nodes and arrays', () => {
  let modules: string;

  beforeAll(async () => {
    modules = await ensure(uiModules);
  }, 20 * MINUTES);

  it('says in words what each sign means, and below a node what to put right', async () => {
    const matrix = await MountedComponent.mount(modules, 'components/NodeMatrix.vue', { rows, arrays });
    const [fit, sick, silent] = ['n1', 'n2', 'n3'].map(name => matrix.text(`pso-node-${name}`));
    expect(fit).toContain('pso.nodes.states.ok');
    expect(fit).toContain('pso.nodes.reasons.ready fa-1 iscsi');
    expect(fit).not.toContain('noInitiator');
    expect(sick).toContain('pso.nodes.states.error');
    expect(sick).toContain(message);
    expect(sick).toContain('pso.nodes.reasons.noInitiator fa-2 fc');
    expect(silent).toContain('pso.nodes.silentCure');
  });

  it('is nothing but a sentence without nodes', async () => {
    const matrix = await MountedComponent.mount(modules, 'components/NodeMatrix.vue', { rows: [], arrays: [] });
    expect(matrix.find('pso-node-n1')).toBeUndefined();
    expect(matrix.text('pso-node-matrix')).not.toContain('fa-1');
  });

  it('is quoted by the first steps, which say what is there and what is missing', async () => {
    const surroundings = {
      driver: 'ready',
      mayWrite: false,
      hasMonitoring: false,
      hasSnapshots: true,
      nodes: rows,
    } as const;
    const checks = await MountedComponent.mount(modules, 'components/StartChecks.vue', {
      checks: preflight(surroundings),
    });
    expect(checks.text('pso-check-driver-good')).toBe('pso.start.checks.driver.good');
    expect(checks.text('pso-check-rights-stop')).toBe('pso.start.checks.rights.missing');
    expect(checks.text('pso-check-monitoring-advice')).toBe('pso.start.checks.monitoring.missing');
    expect(checks.text('pso-check-nodes-advice')).toContain(`n2: ${message}`);
  });
});
