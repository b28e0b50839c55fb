import { describe, expect, it } from '@jest/globals';
import { driverState, isOlder } from './driver-state.ts';
import {
  type App,
  editAfterFailure,
  editAfterLoad,
  failureIn,
  foreignOwner,
  hasMoved,
  isBusy,
  type Operation,
  outcomeOf,
  repoOf,
  snapshotOf,
  upgradeBody,
} from './release.ts';

const FROM = { 'catalog.cattle.io/ui-source-repo': 'pure', 'catalog.cattle.io/ui-source-repo-type': 'cluster' };

const app = (version: number, status = 'deployed', annotations: Readonly<Record<string, string>> = FROM): App => ({
  metadata: { name: 'pure-pso', namespace: 'storage' },
  spec: {
    version,
    name: 'pure-pso',
    chart: { metadata: { name: 'pure-pso', version: '0.1.0', annotations } },
    info: { status, description: 'timed out' },
  },
});

describe('a write', () => {
  it('sends the complete user values for the chart version that is installed, and keeps the link to its repository', () => {
    const values = { mine: { kept: true }, storageCapacity: null };
    expect(upgradeBody(app(3), values)).toMatchObject({
      namespace: 'storage',
      wait: true,
      charts: [
        {
          chartName: 'pure-pso',
          version: '0.1.0',
          releaseName: 'pure-pso',
          resetValues: false,
          values,
          annotations: FROM,
        },
      ],
    });
  });

  it('of no values at all asks Helm to forget the old ones', () => {
    expect(upgradeBody(app(3), {})).toMatchObject({ charts: [{ resetValues: true, values: {} }] });
  });

  it('that failed leaves the edit on the page, but not over values that somebody else wrote meanwhile', () => {
    const edit = { opened: { a: 1, list: [1] }, sent: { a: 2, list: [1] } };
    expect(editAfterFailure(edit, { list: [1], a: 1 })).toBe(edit.sent);
    expect(editAfterFailure(edit, { list: [1], a: 2 })).toBe(edit.sent);
    expect(editAfterFailure(edit, { a: 1, list: [1], theirs: true })).toBeNull();
    expect(editAfterFailure(edit, {})).toBeNull();
  });

  it('that waits stays when the release is read again and holds what it held, and goes when it holds something else', () => {
    const [before, edited] = [{ a: 1 }, { a: 2 }];
    expect(editAfterLoad(before, edited, { a: 1 })).toEqual(edited);
    expect(editAfterLoad(before, edited, { a: 1 })).not.toBe(edited);
    expect(editAfterLoad(before, edited, { a: 3 })).toEqual({ a: 3 });
    expect(editAfterLoad(null, {}, { a: 3 })).toEqual({ a: 3 });
  });

  it('is refused for what somebody else owns or wrote meanwhile', () => {
    expect(foreignOwner(app(1))).toBeNull();
    expect(foreignOwner(app(1, 'deployed', { 'fleet.cattle.io/bundle-id': 'x' }))).toBe('fleet');
    expect(foreignOwner(app(1, 'deployed', { 'catalog.cattle.io/managed': 'true' }))).toBe('managed');
    expect(hasMoved(app(1), app(2))).toBe(true);
    expect(hasMoved(app(1), app(1, 'failed'))).toBe(false);
    const born = (firstDeployed: string): App => ({ ...app(1), spec: { ...app(1).spec, info: { firstDeployed } } });
    expect(hasMoved(born('2026-01-01T10:00:00Z'), born('2026-01-01T10:00:00Z'))).toBe(false);
    expect(hasMoved(born('2026-01-01T10:00:00Z'), born('2026-01-01T11:00:00Z'))).toBe(true);
    expect(repoOf(app(1))).toBe('pure');
    expect(repoOf(app(1, 'deployed', {}))).toBe('');
  });

  it.each(['pending-install', 'pending-upgrade', 'pending-rollback', 'uninstalling'])(
    'knows Helm at work: %s',
    status => {
      expect(isBusy(app(1, status))).toBe(true);
    },
  );
  it.each(['deployed', 'failed', ''])('knows Helm at rest: %s', status => {
    expect(isBusy(app(1, status))).toBe(false);
  });

  it('notices a revision that the dashboard wrote into its own object meanwhile', () => {
    const live = app(1) as { spec: { version: number } } & App;
    const opened = snapshotOf(live);
    live.spec.version = 2;
    expect(hasMoved(opened, live)).toBe(true);
    expect(opened).toEqual(app(1));
  });

  it.each<[string, Operation | null, App, string]>([
    ['runs', null, app(3), 'running'],
    ['runs while Helm waits', null, app(4, 'pending-upgrade'), 'running'],
    ['ends well', {}, app(4), 'done'],
    ['fails in Helm', {}, app(4, 'failed'), 'failed'],
    ['fails before Helm', { metadata: { state: { error: true, message: 'denied' } } }, app(3), 'failed'],
  ])('%s', (_name, operation, now, state) => {
    expect(outcomeOf(operation, now, 3).state).toBe(state);
  });

  it('tells the reason of a failure in the words of who refused', () => {
    expect(outcomeOf(null, app(4, 'failed'), 3)).toEqual({ state: 'failed', message: 'timed out' });
    const operation = { metadata: { state: { error: true, message: 'denied' } } };
    expect(outcomeOf(operation, app(3), 3)).toEqual({ state: 'failed', message: 'denied' });
  });
});

describe('the driver', () => {
  it.each([
    ['absent', { app: null, readyControllers: 0, showsArrays: false, isReporting: null }],
    ['starting', { app: app(1), readyControllers: 0, showsArrays: true, isReporting: null }],
    ['hidden', { app: app(1), readyControllers: null, showsArrays: false, isReporting: null }],
    ['unreachable', { app: app(1), readyControllers: 1, showsArrays: true, isReporting: false }],
    ['ready', { app: app(1), readyControllers: 1, showsArrays: true, isReporting: null }],
    ['ready', { app: app(1), readyControllers: null, showsArrays: true, isReporting: true }],
  ])('is %s', (state, seen) => {
    expect(driverState(seen)).toBe(state);
  });

  it('is too old by its chart', () => {
    const seen = { app: app(1), readyControllers: 1, showsArrays: true, isReporting: true };
    expect(driverState(seen, '0.2.0')).toBe('too-old');
    expect(isOlder('1.9.0', '1.10.0')).toBe(true);
    expect(isOlder('1.10.0-rc.1', '1.10.0')).toBe(false);
    expect(isOlder('2.0.0', '1.10.0')).toBe(false);
  });
});

describe("Helm's log", () => {
  it('tells the last failure and what follows it, or none', () => {
    const log = 'helm upgrade\nError: first try\n\nError: UPGRADE FAILED: secrets is forbidden\n  for user viewer\n';
    expect(failureIn(log)).toBe('Error: UPGRADE FAILED: secrets is forbidden for user viewer');
    expect(failureIn('SUCCESS: helm upgrade pure-pso\n')).toBeNull();
    expect(failureIn('')).toBeNull();
  });
});
