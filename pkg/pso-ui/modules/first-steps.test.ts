import { describe, expect, it } from '@jest/globals';
import { classProblem, NO_CLASS, preflight, type Surroundings, withFirstClass } from './first-steps.ts';
import type { NodeRow } from './nodes.ts';

const node = (state: NodeRow['state'], message?: string): NodeRow => ({
  name: 'n1',
  state,
  addresses: [],
  volumes: 0,
  sessions: 0,
  pathsDown: 0,
  driverVersion: '',
  findings: message === undefined ? [] : [{ check: 'c', severity: 'Error', message }],
  cells: [],
});
const WELL: Surroundings = {
  driver: 'ready',
  mayWrite: true,
  hasMonitoring: true,
  hasSnapshots: true,
  nodes: [node('ok')],
};
const states = (change: Partial<Surroundings>) =>
  Object.fromEntries(preflight({ ...WELL, ...change }).map(({ key, state }) => [key, state]));

describe('the look around', () => {
  it('finds nothing where all is there', () => {
    expect(preflight(WELL).every(({ state }) => state === 'good')).toBe(true);
  });

  it.each([
    [{ driver: 'absent' as const }, { driver: 'stop' }],
    [{ driver: 'too-old' as const }, { driver: 'stop' }],
    [{ driver: 'starting' as const }, { driver: 'good' }],
    [{ mayWrite: false }, { rights: 'stop' }],
    [
      { hasMonitoring: false, hasSnapshots: false },
      { monitoring: 'advice', snapshots: 'advice' },
    ],
    [{ nodes: null }, { nodes: 'advice' }],
    [{ nodes: [] }, { nodes: 'advice' }],
  ])('of %j says %j', (change, expected) => {
    expect(states(change)).toMatchObject(expected);
  });

  it('quotes what nodes say, not without end', () => {
    const [, , nodes] = preflight({ ...WELL, nodes: Array.from({ length: 9 }, () => node('error', 'Install it.')) });
    expect(nodes?.details).toEqual(Array.from({ length: 5 }, () => 'n1: Install it.'));
  });
});

describe('the first class', () => {
  it('goes into the values beside what is there', () => {
    const values = { storageClasses: [{ name: 'old' }], storageclass: { createBuiltIn: false }, clusterID: 'x' };
    const draft = { name: 'gold', backend: 'block' as const, arraySelector: ' tier=gold ', isDefault: true };
    expect(withFirstClass(values, draft)).toEqual({
      storageClasses: [{ name: 'old' }, { name: 'gold', backend: 'block', parameters: { arraySelector: 'tier=gold' } }],
      storageclass: { createBuiltIn: false, default: 'gold' },
      clusterID: 'x',
    });
    expect(withFirstClass({ storageClasses: null }, { ...draft, arraySelector: '', isDefault: false })).toEqual({
      storageClasses: [{ name: 'gold', backend: 'block' }],
    });
  });

  it('changes nothing without a name', () => {
    const values = { a: 1 };
    expect(withFirstClass(values, NO_CLASS)).toBe(values);
  });

  it('needs a name that Kubernetes takes and nobody has', () => {
    expect(['', 'gold', 'Gold!', 'old'].map(name => classProblem(name, ['old']))).toEqual([
      null,
      null,
      'badName',
      'taken',
    ]);
  });
});
