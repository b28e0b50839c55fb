import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '../lib/logger.ts';
import { ManualClock } from '../lib/manual-clock.ts';
import type { ClaimEvent } from './claim-events.ts';
import { ClaimEvents, claimUid } from './claim-events.ts';
import type { KubeAnswer, KubeClient } from './kube-client.ts';
import { CsiNodes } from './csi-nodes.ts';
import { SnapshotContents } from './snapshot-contents.ts';

const volume = { arrayId: '00000000-0000-4000-8000-000000000001', name: 'k8s-pvc-1' };
const handle = `${volume.arrayId}/${volume.name}`;
const uid = '11111111-2222-4333-8444-555555555555';

const content = (name: string, driver = 'pure-csi') => ({
  metadata: { name, resourceVersion: '7' },
  spec: { driver, source: { volumeHandle: handle } },
  status: { snapshotHandle: `${handle}.${name}` },
});

class ScriptedClient implements KubeClient {
  readonly posted: { path: string; body: unknown }[] = [];
  answer: KubeAnswer = { status: 200, body: { metadata: { resourceVersion: '5' }, items: [] } };
  isDown = false;
  line: (text: string) => void = () => undefined;

  request(_method: string, path: string, body?: unknown): Promise<KubeAnswer> {
    if (this.isDown) return Promise.reject(new Error('connection refused'));
    if (body !== undefined) this.posted.push({ path, body });
    return Promise.resolve(this.answer);
  }

  stream(_path: string, line: (text: string) => void, signal: AbortSignal): Promise<void> {
    this.line = line;
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  }
}

function setUp() {
  const clock = new ManualClock();
  const client = new ScriptedClient();
  return { clock, client, parts: { clock, client, logger: silentLogger } };
}

const event: ClaimEvent = {
  namespace: 'shop',
  claim: 'data',
  uid,
  type: 'Normal',
  reason: 'VolumePlaced',
  message: 'On a1.',
};

describe('claim events', () => {
  it('name the claim with its UID, so that kubectl describe shows them', async () => {
    const { clock, client, parts } = setUp();
    new ClaimEvents(parts).tell({ ...event, uid: claimUid(`pvc-${uid}`) });
    await clock.advance(0);
    expect(client.posted).toMatchObject([
      {
        path: '/api/v1/namespaces/shop/events',
        body: {
          involvedObject: { kind: 'PersistentVolumeClaim', name: 'data', uid },
          reason: 'VolumePlaced',
          message: 'On a1.',
        },
      },
    ]);
  });
  it('tell a refusal once, not with every retry', async () => {
    const { clock, client, parts } = setUp();
    const events = new ClaimEvents(parts);
    for (let turn = 0; turn < 3; turn += 1) events.tell({ ...event, reason: 'PlacementRefused', type: 'Warning' });
    await clock.advance(6 * 60_000);
    events.tell({ ...event, reason: 'PlacementRefused', type: 'Warning' });
    await clock.advance(0);
    expect(client.posted).toHaveLength(2);
  });
  it('come late from an API server that was away, once', async () => {
    const { clock, client, parts } = setUp();
    const events = new ClaimEvents(parts);
    client.isDown = true;
    events.tell(event);
    await clock.advance(500);
    client.isDown = false;
    expect(client.posted).toEqual([]);
    await clock.advance(60_000);
    expect(client.posted).toHaveLength(1);
  });
  it('are tried again under the same name where the server said that it is overloaded, and not where it refused', async () => {
    const { clock, client, parts } = setUp();
    const events = new ClaimEvents(parts);
    client.answer = { status: 503, body: {} };
    events.tell(event);
    await clock.advance(500);
    client.answer = { status: 409, body: {} };
    await clock.advance(60_000);
    const names = client.posted.map(({ body }) => (body as { metadata: { name: string } }).metadata.name);
    expect(names).toHaveLength(2);
    expect(new Set(names).size).toBe(1);
    client.answer = { status: 403, body: {} };
    events.tell(event);
    await clock.advance(60_000);
    expect(client.posted).toHaveLength(3);
  });
  it('are given up for an API server that stays away, and the next ones are written', async () => {
    const { clock, client, parts } = setUp();
    const events = new ClaimEvents(parts);
    client.isDown = true;
    events.tell(event);
    await clock.advance(10 * 60_000);
    client.isDown = false;
    events.tell(event);
    await clock.advance(0);
    expect(client.posted).toHaveLength(1);
  });
});

describe('CSI nodes', () => {
  it('are the ids of this driver, and an error where they cannot be read', async () => {
    const { client } = setUp();
    const node = (name: string, nodeID: string) => ({ spec: { drivers: [{ name, nodeID }] } });
    client.answer = { status: 200, body: { items: [node('pure-csi', 'n1,iqn=x'), node('ebs', 'i-1'), { spec: {} }] } };
    expect(await new CsiNodes(client).nodeIds()).toEqual(['n1,iqn=x']);
    client.answer = { status: 403, body: {} };
    await expect(new CsiNodes(client).nodeIds()).rejects.toMatchObject({ id: 'api-server-silent' });
  });
});

describe('snapshot contents', () => {
  it('follow list and watch, and ignore other drivers', async () => {
    const { clock, client, parts } = setUp();
    const stop = new AbortController();
    const contents = new SnapshotContents(parts);
    expect(contents.hasSnapshots(volume)).toBeUndefined();
    const running = contents.run(stop.signal);
    await clock.advance(0);
    expect(contents.hasSnapshots(volume)).toBe(false);
    client.line(JSON.stringify({ type: 'ADDED', object: content('other', 'ebs') }));
    expect(contents.hasSnapshots(volume)).toBe(false);
    client.line(JSON.stringify({ type: 'ADDED', object: content('s1') }));
    client.line(JSON.stringify({ type: 'MODIFIED', object: content('s1') }));
    expect(contents.hasSnapshots(volume)).toBe(true);
    client.line(JSON.stringify({ type: 'DELETED', object: content('s1') }));
    expect(contents.hasSnapshots(volume)).toBe(false);
    // An id of PSO names no array: it may be a snapshot of any volume, so the array has to be asked.
    const foreign = { metadata: { name: 's2' }, spec: { driver: 'pure-csi', source: { volumeHandle: 'pvc-1' } } };
    client.line(JSON.stringify({ type: 'ADDED', object: foreign }));
    expect(contents.hasSnapshots(volume)).toBeUndefined();
    client.line(JSON.stringify({ type: 'DELETED', object: foreign }));
    stop.abort();
    await running;
    expect(contents.hasSnapshots(volume)).toBeUndefined();
  });
  it('are unknown while the API server is away, and none where the CRD is absent', async () => {
    const { clock, client, parts } = setUp();
    const stop = new AbortController();
    client.isDown = true;
    const contents = new SnapshotContents(parts);
    const running = contents.run(stop.signal);
    await clock.advance(0);
    expect(contents.hasSnapshots(volume)).toBeUndefined();
    client.isDown = false;
    client.answer = { status: 404, body: {} };
    await clock.advance(10_000);
    expect(contents.hasSnapshots(volume)).toBe(false);
    stop.abort();
    await running;
  });
});
