import { describe, expect, it } from '@jest/globals';
import { arrayRows } from './arrays.ts';
import { parseMetrics } from './metrics-text.ts';
import { fromStorageClass, matchArrays, NEW_CLASS, toStorageClass } from './storage-class.ts';
import { volumeRows } from './volumes.ts';

const METRICS = String.raw`# HELP pso_array_up 1 when the last poll succeeded
pso_array_up{array="192.0.2.4"} 1
pso_array_up{array="192.0.2.5"} 0
pso_placement_decisions_total{array="192.0.2.4"} 3
other_total{a="b"} 1
pso_odd{text="a \"quoted\" \\ line\nend"} +Inf
pso_plain -2.5
`;
const draft = (endpoint: string, more: object = {}, list = 'FlashArrays') => ({
  id: `${list}/${endpoint}`,
  list,
  item: { MgmtEndPoint: endpoint, ...more },
  hasSecret: true,
});

describe('metrics', () => {
  it('are read with labels, escapes and infinities', () => {
    const samples = parseMetrics(METRICS, name => name.startsWith('pso_'));
    expect(samples).toHaveLength(5);
    expect(samples[0]).toEqual({ name: 'pso_array_up', labels: { array: '192.0.2.4' }, value: 1 });
    expect(samples[3]).toEqual({ name: 'pso_odd', labels: { text: 'a "quoted" \\ line\nend' }, value: Infinity });
    expect(samples[4]).toEqual({ name: 'pso_plain', labels: {}, value: -2.5 });
    expect(parseMetrics('x -Inf', () => true)[0]?.value).toBe(-Infinity);
  });
});

describe('arrays', () => {
  const samples = parseMetrics(`${METRICS}${METRICS}`, () => true);

  it('join what is configured with what controllers measured', () => {
    const rows = arrayRows(
      [
        draft('192.0.2.4', { Labels: { rack: 22, empty: null }, cordoned: true }),
        draft('192.0.2.5'),
        draft('192.0.2.6', {}, 'FlashBlades'),
      ],
      samples,
    );
    expect(rows).toMatchObject([
      { name: '192.0.2.4', kind: 'block', labels: { rack: '22', empty: '' }, isCordoned: true, isUp: true, placed: 6 },
      { kind: 'block', isUp: false, placed: null },
      { kind: 'file', isUp: null, placed: null, labels: {} },
    ]);
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
  it('is written without what is not set', () => {
    expect(toStorageClass({ ...NEW_CLASS, name: 'gold' })).toEqual({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'gold', annotations: { 'storageclass.kubernetes.io/is-default-class': 'false' } },
      provisioner: 'pure-csi',
      parameters: { backend: 'block' },
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
    });
  });

  it('comes back as it was designed, unknown parameters too', () => {
    const full = {
      ...NEW_CLASS,
      name: 'gold',
      arraySelector: 'env=prod',
      fsType: 'xfs',
      iopsLimit: '1000',
      bandwidthLimit: '10M',
      reclaimPolicy: 'Retain' as const,
      bindingMode: 'Immediate' as const,
      allowVolumeExpansion: false,
      isDefault: true,
      mountOptions: ['discard'],
      others: { createoptions: '-q' },
    };
    expect(fromStorageClass(toStorageClass(full))).toEqual(full);
    const file = { ...NEW_CLASS, name: 'files', backend: 'file' as const };
    expect(toStorageClass({ ...file, fsType: 'xfs' })).toMatchObject({ parameters: { backend: 'file' } });
    expect(fromStorageClass({ parameters: { backend: 'pure_file' } })).toMatchObject({ backend: 'file', name: '' });
  });
});

describe('volumes', () => {
  const volume = (name: string, claim: string, uid: string) => ({
    metadata: { name },
    spec: {
      storageClassName: 'gold',
      capacity: { storage: '1Gi' },
      claimRef: { namespace: 'default', name: claim, uid },
      csi: { driver: 'pure-csi', volumeHandle: `uuid-1/group/k8s-${name}` },
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
        arrayVolume: 'group/k8s-pv-1',
        arrayId: 'uuid-1',
        explanation: 'new',
        isRefused: false,
      },
      {
        id: 'claim default/b',
        claim: 'default/b',
        storageClass: 'gold',
        size: '9Ti',
        phase: 'Pending',
        arrayVolume: '',
        arrayId: '',
        explanation: 'too large',
        isRefused: true,
      },
    ]);
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
