import { describe, expect, it } from '@jest/globals';
import { arrayRows, fleetFigures } from './arrays.ts';
import { isReporting } from './storage-array.ts';
import { fromStorageClass, matchArrays, NEW_CLASS, parametersOf } from './storage-class.ts';
import { claimOf, isHeldBy, isOurs, type PersistentVolume, volumeRows } from './volumes.ts';

const ARRAY = '5aa3a40d-1f5c-4d7e-9c1b-0f6c2d1e8a01';

const draft = (endpoint: string, more: object = {}, list = 'FlashArrays') => ({
  id: `${list}/${endpoint}`,
  list,
  item: { MgmtEndPoint: endpoint, ...more },
  hasSecret: true,
});

describe('arrays', () => {
  const healthy = {
    metadata: { name: '192.0.2.4' },
    spec: { endpoint: '192.0.2.4' },
    status: {
      health: 'Healthy',
      arrayName: 'fa-1',
      arrayID: 'u-1',
      family: 'flasharray',
      model: 'FA-X70R4',
      version: '6.6.10',
      protocols: ['iscsi'],
      labels: { env: 'old' },
      capacity: { totalBytes: 1000, usedBytes: 250, usedPercent: 25 },
      load: { operationsPerSecond: 7, bytesPerSecond: 8, latencyMicroseconds: 9 },
    },
  } as const;
  const sick = {
    metadata: { name: 'fb' },
    spec: { endpoint: 'FB.example' },
    status: { health: 'Trouble', trouble: 'It is away.', family: 'flashblade', cordoned: true },
  } as const;
  const hot = { metadata: { name: 'h' }, status: { health: 'Warning', warnings: ['A fan is slow.'] } } as const;

  it('join what is configured with what the driver sees', () => {
    const rows = arrayRows(
      [
        draft('192.0.2.4', { Labels: { rack: 22, empty: null }, cordoned: true }),
        draft('fb.example', {}, 'FlashBlades'),
        draft('h'),
        draft('new', {}, 'FlashBlades'),
      ],
      [healthy, sick, hot, { metadata: { name: 'gone' } }],
    );
    expect(rows).toMatchObject([
      {
        name: 'fa-1',
        kind: 'block',
        labels: { rack: '22', empty: '' },
        isCordoned: true,
        isUp: true,
        state: 'cordoned',
      },
      { name: 'fb.example', kind: 'file', isUp: false, state: 'down', complaints: ['It is away.'], isCordoned: false },
      { id: 'h', isUp: true, state: 'warning', complaints: ['A fan is slow.'], usedPercent: null },
      { id: 'new', kind: 'file', isUp: null, state: 'unknown', complaints: [], labels: {} },
    ]);
    expect(rows[0]).toMatchObject({
      usedBytes: 250,
      operationsPerSecond: 7,
      latencyMicroseconds: 9,
      version: '6.6.10',
    });
    expect(fleetFigures(rows)).toEqual({ all: 4, up: 2, totalBytes: 1000, usedBytes: 250 });
  });

  it('are shown to whoever may not read the Secret as the driver shows them', () => {
    expect(arrayRows(null, [healthy, sick])).toMatchObject([
      { id: '192.0.2.4', labels: { env: 'old' }, isCordoned: false, state: 'up' },
      { id: 'FB.example', isCordoned: true, state: 'down', labels: {} },
    ]);
  });

  it('tell by their age that the driver is silent', () => {
    const seen = (observedAt: string) => ({ ...healthy, status: { ...healthy.status, observedAt } });
    const nowMs = Date.parse('2026-01-01T12:00:00Z');
    const old = seen('2026-01-01T11:40:00Z');
    expect(isReporting([old, seen('2026-01-01T11:50:00Z')], nowMs)).toBe(true);
    expect(isReporting([old], nowMs)).toBe(false);
    expect(isReporting([], nowMs)).toBeNull();
    expect(isReporting([{ ...old, status: { ...old.status, health: 'Trouble' } }, healthy], nowMs)).toBeNull();
  });

  it('match a class by kind, labels and cordon, as the driver does', () => {
    const arrays = arrayRows(
      [
        draft('a', { Labels: { env: 'prod', tier: 'gold' } }),
        draft('b', { Labels: { env: 'dev' } }),
        draft('c', { Labels: { env: 'prod', tier: 'gold' }, cordoned: true }),
        draft('d', {}, 'FlashBlades'),
      ],
      [],
    );
    const matches = matchArrays({ ...NEW_CLASS, arraySelector: 'env=prod,tier in (gold,silver)' }, arrays);
    expect(matches.map(({ matches: fits, rule, reason }) => [fits, rule, reason])).toEqual([
      [true, null, ''],
      [false, 'label', 'env=prod'],
      [false, 'cordoned', ''],
      [false, 'kind', 'file'],
    ]);
    expect(() => matchArrays({ ...NEW_CLASS, arraySelector: 'env=' + '(' }, arrays)).toThrow('env=(');
  });
});

describe('storage class', () => {
  it('has parameters that were set only, and no file system where the array has its own', () => {
    expect(parametersOf({ ...NEW_CLASS, name: 'gold' })).toEqual({ backend: 'block' });
    expect(parametersOf({ ...NEW_CLASS, backend: 'file', fsType: 'xfs' })).toEqual({ backend: 'file' });
  });

  it('is read from the cluster, unknown parameters and older spellings too', () => {
    const object = {
      metadata: { name: 'gold', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      parameters: { backend: 'pure_file', arraySelector: 'env=prod', createoptions: '-q' },
      reclaimPolicy: 'Retain',
      volumeBindingMode: 'Immediate',
      mountOptions: ['discard'],
    };
    expect(fromStorageClass(object)).toEqual({
      ...NEW_CLASS,
      name: 'gold',
      backend: 'file',
      arraySelector: 'env=prod',
      reclaimPolicy: 'Retain',
      bindingMode: 'Immediate',
      allowVolumeExpansion: false,
      isDefault: true,
      mountOptions: ['discard'],
      others: { createoptions: '-q' },
    });
  });
});

describe('volumes', () => {
  const volume = (name: string, claim: string, uid: string) => ({
    metadata: { name },
    spec: {
      storageClassName: 'gold',
      capacity: { storage: '1Gi' },
      claimRef: { namespace: 'default', name: claim, uid },
      csi: { driver: 'pure-csi', volumeHandle: `${ARRAY}/group/k8s-${name}` },
    },
    status: { phase: 'Bound' },
  });
  const event = (uid: string, reason: string, message: string, lastTimestamp: string) => ({
    reason,
    message,
    lastTimestamp,
    involvedObject: { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'a', uid },
  });
  const pending = {
    metadata: { namespace: 'default', name: 'b', uid: 'u2' },
    spec: { storageClassName: 'gold', resources: { requests: { storage: '9Ti' } } },
    status: { phase: 'Pending' },
  };

  it('tell the last thing the driver said about their own claim, not about an older one of that name', () => {
    const events = [
      event('u1', 'VolumePlaced', 'new', '2026-01-02'),
      event('u1', 'VolumePlaced', 'old', '2026-01-01'),
      event('u0', 'PlacementRefused', 'other claim', '2026-01-03'),
      event('u1', 'Pulled', 'not ours', '2026-01-04'),
      event('u2', 'PlacementRefused', 'too large', '2026-01-04'),
    ];
    const foreign = { metadata: { name: 'x' }, spec: { csi: { driver: 'other', volumeHandle: 'y' } } };
    const rows = volumeRows([volume('pv-1', 'a', 'u1'), foreign], [pending], new Set(['gold']), events);
    expect(rows).toEqual([
      {
        id: 'pv-1',
        claim: 'default/a',
        storageClass: 'gold',
        size: '1Gi',
        phase: 'Bound',
        handle: `${ARRAY}/group/k8s-pv-1`,
        arrayVolume: 'group/k8s-pv-1',
        arrayId: ARRAY,
        explanation: 'new',
        isRefused: false,
      },
      {
        id: 'claim default/b',
        claim: 'default/b',
        storageClass: 'gold',
        size: '9Ti',
        phase: 'Pending',
        handle: '',
        arrayVolume: '',
        arrayId: '',
        explanation: 'too large',
        isRefused: true,
      },
    ]);
  });

  it('of PSO, whose handles name no array, are ours and keep their handles', () => {
    const old: PersistentVolume = {
      metadata: { name: 'pv' },
      spec: { csi: { driver: 'pure-csi', volumeHandle: 'k8s-pvc-1' } },
    };
    const [row] = volumeRows([old], [], new Set(), []);
    expect(row).toMatchObject({ handle: 'k8s-pvc-1', arrayVolume: 'k8s-pvc-1', arrayId: '' });
    expect(row && isOurs(row)).toBe(true);
    const inGroup = { ...old, spec: { csi: { driver: 'pure-csi', volumeHandle: 'group/database' } } };
    expect(volumeRows([inGroup], [], new Set(), [])).toMatchObject([
      { handle: 'group/database', arrayVolume: 'group/database', arrayId: '' },
    ]);
    const silent = volumeRows([], [pending], new Set(['gold']), []);
    const told = volumeRows([], [pending], new Set(['gold']), [event('u2', 'PlacementRefused', 'too large', '1')]);
    expect([...silent, ...told].map(isOurs)).toEqual([false, true]);
  });

  it('are shown with the claim that holds them, not with one that only names them', () => {
    const held: PersistentVolume = {
      metadata: { name: 'pv' },
      spec: { claimRef: { namespace: 'shop', name: 'orders', uid: 'u1' } },
    };
    const claimOfUid = (uid: string) => ({ metadata: { name: 'orders', namespace: 'shop', uid } });
    expect([isHeldBy(held, claimOfUid('u1')), isHeldBy(held, claimOfUid('u2'))]).toEqual([true, false]);
    const unheld: PersistentVolume = { metadata: { name: 'pv' }, spec: {} };
    expect(isHeldBy(unheld, { metadata: { name: 'orders', namespace: 'shop' } })).toBe(false);
  });

  it('lead to the claim that holds them, and not to one that has got the name of a deleted one', () => {
    const volumeOf = (phase: string): PersistentVolume => ({
      metadata: { name: 'pv' },
      spec: { claimRef: { namespace: 'shop', name: 'orders' }, csi: { driver: 'pure-csi', volumeHandle: 'u/v' } },
      status: { phase },
    });
    const claimIn = (phase: string) => volumeRows([volumeOf(phase)], [], new Set(), []).map(claimOf);
    expect(claimIn('Bound')).toEqual([{ namespace: 'shop', name: 'orders' }]);
    expect([...claimIn('Released'), ...claimIn('Failed'), ...claimIn('Available')]).toEqual([null, null, null]);
  });

  it('bear what is missing', () => {
    const bare = { metadata: { name: 'pv' }, spec: { csi: { driver: 'pure-csi', volumeHandle: 'name' } } };
    const waiting = { metadata: { namespace: 'n', name: 'c' }, status: { phase: 'Pending' } };
    const rows = volumeRows([bare], [waiting, { ...waiting, spec: { storageClassName: 'gold' } }], new Set(['gold']), [
      {},
    ]);
    expect(rows).toMatchObject([
      { claim: '', arrayVolume: 'name', arrayId: '', explanation: '' },
      { claim: 'n/c', size: '', isRefused: false },
    ]);
  });
});
