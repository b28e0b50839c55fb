import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '../lib/logger.ts';
import { ManualClock } from '../lib/manual-clock.ts';
import { ClaimEvents } from './claim-events.ts';
import type { KubeAnswer, KubeClient } from './kube-client.ts';
import { partlyConnected } from './partly-connected.ts';
import { PersistentVolumes } from './persistent-volumes.ts';
import { parseQuantity } from './quantity.ts';

const ARRAY = '00000000-0000-4000-8000-000000000001';

const volume = (name: string, driver = 'pure-csi') => ({
  metadata: { name },
  spec: {
    capacity: { storage: '10Gi' },
    storageClassName: 'pure-block',
    claimRef: { namespace: 'shop', name: `claim-${name}`, uid: `uid-${name}` },
    csi: { driver, volumeHandle: `${ARRAY}/k8s-${name}` },
  },
  status: { phase: 'Bound' },
});
const namespace = { metadata: { name: 'shop', labels: { 'field.cattle.io/projectId': 'p-42' } } };

/** Serves lists in pages of one object, and lets tests write the watch. */
class PagedServer implements KubeClient {
  readonly lines = new Map<string, (text: string) => void>();
  readonly ends: (() => void)[] = [];
  volumes: readonly object[] = [];

  readonly posted: unknown[] = [];

  request(_method: string, path: string, body?: unknown): Promise<KubeAnswer> {
    if (body !== undefined) {
      this.posted.push(body);
      return Promise.resolve({ status: 201, body: {} });
    }
    const url = new URL(path, 'http://server');
    const items = url.pathname.endsWith('namespaces') ? [namespace] : this.volumes;
    const index = Number(url.searchParams.get('continue') ?? '0');
    const next = index + 1 < items.length ? String(index + 1) : '';
    const list = { metadata: { resourceVersion: '5', continue: next }, items: items.slice(index, index + 1) };
    return Promise.resolve({ status: 200, body: list });
  }

  stream(path: string, line: (text: string) => void, signal: AbortSignal): Promise<void> {
    this.lines.set(new URL(path, 'http://server').pathname, line);
    return new Promise((resolve, reject) => {
      this.ends.push(resolve);
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  }
}

describe('persistent volumes', () => {
  it('are read page by page and followed, with the project of their namespace; other drivers are ignored', async () => {
    const [client, clock, stop] = [new PagedServer(), new ManualClock(), new AbortController()];
    client.volumes = [volume('pv-1'), volume('pv-2', 'ebs'), volume('pv-3')];
    const volumes = new PersistentVolumes({ client, clock, logger: silentLogger });
    expect(volumes.list()).toBeNull();
    const running = volumes.run(stop.signal);
    for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
    expect(volumes.list()).toEqual([
      {
        persistentVolume: 'pv-1',
        phase: 'Bound',
        namespace: 'shop',
        claim: 'claim-pv-1',
        claimUid: 'uid-pv-1',
        storageClass: 'pure-block',
        sizeBytes: 10 * 2 ** 30,
        handle: { arrayId: ARRAY, name: 'k8s-pv-1' },
        id: `${ARRAY}/k8s-pv-1`,
        project: 'p-42',
      },
      expect.objectContaining({ persistentVolume: 'pv-3' }),
    ]);
    const tell = (type: string, object: object) =>
      client.lines.get('/api/v1/persistentvolumes')?.(JSON.stringify({ type, object }));
    tell('DELETED', volume('pv-1'));
    tell('ADDED', volume('pv-4'));
    expect(volumes.list()?.map(({ persistentVolume }) => persistentVolume)).toEqual(['pv-3', 'pv-4']);
    stop.abort();
    await running;
    expect(volumes.list()).toBeNull();
  });

  it('are unknown while a list that expired is read again', async () => {
    const [client, clock, stop] = [new PagedServer(), new ManualClock(), new AbortController()];
    const volumes = new PersistentVolumes({ client, clock, logger: silentLogger });
    const running = volumes.run(stop.signal);
    for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
    expect(volumes.list()).toEqual([]);
    const { promise, resolve } = Promise.withResolvers<KubeAnswer>();
    client.request = () => promise;
    client.lines.get('/api/v1/persistentvolumes')?.('{"type":"ERROR"}');
    for (const end of client.ends) end();
    for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
    expect(volumes.list()).toBeNull();
    resolve({ status: 200, body: { metadata: { resourceVersion: '6' }, items: [volume('pv-9')] } });
    for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
    expect(volumes.list()?.map(({ persistentVolume }) => persistentVolume)).toEqual(['pv-9']);
    stop.abort();
    await running;
  });
});

describe('a volume that is connected on one of its two arrays only', () => {
  it('is an event of its claim, once for each node', async () => {
    const [client, clock, stop] = [new PagedServer(), new ManualClock(), new AbortController()];
    client.volumes = [volume('pv-1'), { ...volume('pv-2'), spec: { ...volume('pv-2').spec, claimRef: undefined } }];
    const parts = { client, clock, logger: silentLogger };
    const [volumes, events] = [new PersistentVolumes(parts), new ClaimEvents(parts)];
    const tell = (name: string, message: string) => {
      const event = partlyConnected(volumes.list() ?? [], `${ARRAY}/k8s-${name}`, message);
      if (event) events.tell(event);
    };
    tell('pv-1', 'Before anything is known.');
    const running = volumes.run(stop.signal);
    for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
    for (const message of ['Not on n1.', 'Not on n1.', 'Not on n2.']) tell('pv-1', message);
    tell('pv-2', 'Bound to no claim.');
    tell('pv-3', 'Of another cluster.');
    for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
    const event = {
      metadata: { namespace: 'shop' },
      involvedObject: { kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'claim-pv-1', uid: 'uid-pv-1' },
      type: 'Warning',
      reason: 'VolumePartlyConnected',
    };
    expect(client.posted).toMatchObject([
      { ...event, message: 'Not on n1.' },
      { ...event, message: 'Not on n2.' },
    ]);
    stop.abort();
    await running;
  });
});

describe('parseQuantity', () => {
  it.each([
    ['10Gi', 10 * 2 ** 30],
    ['1500M', 1.5e9],
    ['1e9', 1e9],
    ['123', 123],
    ['0.5Ti', 2 ** 39],
    ['ten', 0],
    ['', 0],
  ])('reads %s', (text, number) => {
    expect(parseQuantity(text)).toBe(number);
  });
});
