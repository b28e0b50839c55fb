import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  ARRAY_ID,
  FlashArrayBench,
  link,
  NAME,
  SERIAL,
  spec,
  volume,
} from '../../../../test/support/flasharray-bench.ts';
import {
  items,
  json,
  lost,
  refusal,
  unreachable,
  type ScriptedTransport,
} from '../../../../test/support/scripted-transport.ts';
import { GiB } from '../../domain/bytes.ts';
import { NO_CHANGES } from '../../domain/volume-changes.ts';
import type { FlashArrayBackend } from './flasharray-backend.ts';

let bench: FlashArrayBench;
let array: ScriptedTransport;
let backend: FlashArrayBackend;

beforeEach(() => {
  bench = new FlashArrayBench();
  ({ array, backend } = bench);
});

describe('createVolume', () => {
  it('is one call, tags and limits in the body', async () => {
    await bench.warm();
    array.on('POST /volumes', items(volume({ qos: { iops_limit: 1000, bandwidth_limit: null } })));
    const qos = { iopsLimit: 1000, bandwidthLimitBytesPerSecond: 0 };
    const made = await backend.createVolume({ ...spec, qos }, bench.call());
    expect(made).toEqual({
      handle: { arrayId: ARRAY_ID, name: NAME },
      sizeBytes: GiB,
      serial: SERIAL,
      qos,
      sourceName: null,
      createdAtMs: 1_700_000_000_000,
      isDestroyed: false,
    });
    expect(array.calls).toEqual([`POST /volumes?names=${NAME}`]);
    expect(JSON.parse(array.requests.at(-1)?.body ?? '')).toEqual({
      provisioned: GiB,
      qos: { iops_limit: 1000 },
      tags: [{ key: 'claim', value: 'default/db', namespace: 'kubernetes.pure-pso.io', copyable: false }],
    });
  });

  it('is two calls where tags cannot travel in the body, and a repeat too', async () => {
    array.versions = ['2.4', '2.26'];
    await bench.warm();
    array.on('POST /volumes', items(volume()), refusal('Volume already exists.')).on('PUT /volumes/tags', items());
    await backend.createVolume(spec, bench.call());
    expect(array.calls).toEqual([`POST /volumes?names=${NAME}`, `PUT /volumes/tags/batch?resource_names=${NAME}`]);
    array.calls.length = 0;
    await backend.createVolume(spec, bench.call());
    expect(array.calls).toEqual([`POST /volumes?names=${NAME}`, `GET /volumes?names=${NAME}`]);
  });

  it('writes the tags on the repeat when they were lost', async () => {
    array.versions = ['2.26'];
    await bench.warm();
    array
      .on('POST /volumes', items(volume()), refusal('Volume already exists.'))
      .on('PUT /volumes/tags', lost(), items());
    expect(await bench.failure(backend.createVolume(spec, bench.call()))).toMatchObject({ finality: 'in-doubt' });
    await backend.createVolume(spec, bench.call());
    expect(array.calls.filter(line => line.startsWith('PUT'))).toHaveLength(2);
  });

  it('is in doubt when the answer is lost, and the repeat finds the volume', async () => {
    array.on('POST /volumes', lost(), refusal('Volume already exists.', NAME)).on('GET /volumes', items(volume()));
    expect(await bench.failure(backend.createVolume(spec, bench.call()))).toMatchObject({
      code: 'unavailable',
      finality: 'in-doubt',
    });
    expect((await backend.createVolume(spec, bench.call())).serial).toBe(SERIAL);
  });

  it('is in doubt when the repeat cannot see what holds the name', async () => {
    array.on('POST /volumes', refusal('Volume already exists.')).on('GET /volumes', json(403, { message: 'no' }));
    expect(await bench.failure(backend.createVolume(spec, bench.call()))).toMatchObject({ finality: 'in-doubt' });
  });

  it.each([
    ['size', { provisioned: 2 * GiB }, 'with 2 GiB instead of 1 GiB'],
    ['source', { source: { name: 'other' } }, 'it is a copy of other'],
    ['limits', { qos: { iops_limit: 500, bandwidth_limit: null } }, 'with other QoS limits'],
  ])('refuses a volume of that name with another %s', async (_what, more, words) => {
    array.on('POST /volumes', refusal('Volume already exists.')).on('GET /volumes', items(volume(more)));
    const error = await bench.failure(backend.createVolume(spec, bench.call()));
    expect(error).toMatchObject({ code: 'already-exists', finality: 'final' });
    expect(error.message).toContain(words);
  });

  it('says that a destroyed volume holds the name, and for how long', async () => {
    array
      .on('POST /volumes', refusal('Volume already exists.'))
      .on('GET /volumes', items(volume({ destroyed: true, time_remaining: 7_000_000 })));
    const error = await bench.failure(backend.createVolume(spec, bench.call()));
    expect(error.message).toContain('held by a destroyed volume until the array eradicates it, in about 2 h');
  });

  it('copies a snapshot, grows the copy, and a repeat accepts it', async () => {
    await bench.warm();
    const copy = { ...spec, sizeBytes: 2 * GiB, source: { kind: 'snapshot', name: 'src.s1' } as const };
    array
      .on('POST /volumes', items(volume({ source: { name: 'src' } })), refusal('Volume already exists.'))
      .on('PATCH /volumes', items(volume({ source: { name: 'src' }, provisioned: 2 * GiB })));
    expect((await backend.createVolume(copy, bench.call())).sizeBytes).toBe(2 * GiB);
    expect(array.calls).toEqual([`POST /volumes?names=${NAME}`, `PATCH /volumes?names=${NAME}`]);
    array.on('GET /volumes', items(volume({ source: { name: 'src' }, provisioned: 2 * GiB })));
    expect((await backend.createVolume(copy, bench.call())).sourceName).toBe('src');
  });

  it.each([
    ['Pod contains file systems or policies.', 'precondition', 'Take the pod'],
    ['Volume limit reached.', 'no-capacity', 'Free space'],
    ['Something new.', 'invalid', 'Check the request'],
  ])('translates "%s"', async (message, code, nextStep) => {
    array.on('POST /volumes', refusal(message, 'p1'));
    const error = await bench.failure(backend.createVolume(spec, bench.call()));
    expect(error).toMatchObject({ code, finality: 'final' });
    expect(error.sentence).toContain(message.replace('.', ''));
    expect(error.nextStep).toContain(nextStep);
  });

  it('fails finally when nothing was sent', async () => {
    array.on('POST /volumes', unreachable());
    expect(await bench.failure(backend.createVolume(spec, bench.call()))).toMatchObject({
      code: 'unavailable',
      finality: 'final',
    });
  });
});

describe('deleteVolume', () => {
  it('is one call for a name with a UUID', async () => {
    await bench.warm();
    array.on('PATCH /volumes', items(volume({ destroyed: true })));
    await backend.deleteVolume(NAME, bench.call());
    expect(array.calls).toEqual([`PATCH /volumes?names=${NAME}`]);
    expect(array.requests.at(-1)?.body).toBe('{"destroyed":true}');
  });

  it.each(['Volume does not exist.', 'Volume has been deleted.', 'Volume has been destroyed.'])(
    'succeeds on "%s"',
    async message => {
      array.on('PATCH /volumes', refusal(message));
      await expect(backend.deleteVolume(NAME, bench.call())).resolves.toBeUndefined();
    },
  );

  it('names the host that is still connected', async () => {
    array
      .on('PATCH /volumes', refusal('Volume cannot be destroyed because it is connected.'))
      .on('GET /connections', items(link('n7')));
    const error = await bench.failure(backend.deleteVolume(NAME, bench.call()));
    expect(error.code).toBe('precondition');
    expect(error.message).toContain('still connected to n7');
  });

  it.each(['*', 'a,b', "x'", '', '-v'])('never sends "%s" as a name', async name => {
    expect((await bench.failure(backend.deleteVolume(name, bench.call()))).code).toBe('invalid');
    expect(array.calls.filter(line => line.startsWith('PATCH'))).toEqual([]);
  });

  it('renames a readable name first, and never both in one request', async () => {
    array.on('GET /volumes?names=db', items(volume({ name: 'db' }))).on('PATCH /volumes', items(volume({ name: 'x' })));
    await backend.deleteVolume('db', bench.call());
    const [rename, destroy] = array.requests.filter(({ method }) => method === 'PATCH');
    const tombstone = (JSON.parse(rename?.body ?? '') as { name: string }).name;
    expect(tombstone).toMatch(/^db-[0-9a-f]{12}$/);
    expect(destroy?.path).toContain(`names=${tombstone}`);
    expect(destroy?.body).toBe('{"destroyed":true}');
  });

  it('after a lost rename destroys its own tombstone, and no volume that only looks like one', async () => {
    array
      .on('GET /volumes?names=db', items(volume({ name: 'db' })), refusal('Volume does not exist.'))
      .on('PATCH /volumes?names=db', lost());
    await bench.failure(backend.deleteVolume('db', bench.call()));
    const rename = array.requests.find(({ method }) => method === 'PATCH');
    const tombstone = (JSON.parse(rename?.body ?? '') as { name: string }).name;
    array.calls.length = 0;
    array
      .on(
        'GET /volumes?filter',
        items(volume({ name: tombstone }), volume({ name: 'db-0123456789ab', serial: 'F'.repeat(24) })),
      )
      .on('PATCH /volumes', items(volume()));
    await backend.deleteVolume('db', bench.call());
    expect(array.calls.filter(line => line.startsWith('PATCH'))).toEqual([`PATCH /volumes?names=${tombstone}`]);
  });
});

describe('expandVolume', () => {
  it('is one call', async () => {
    await bench.warm();
    array.on('PATCH /volumes', items(volume({ provisioned: 3 * GiB })));
    expect(await backend.expandVolume(NAME, 3 * GiB, bench.call())).toBe(3 * GiB);
    expect(array.calls).toHaveLength(1);
  });
  it('takes a refusal to truncate for success at the present size', async () => {
    array
      .on('PATCH /volumes', refusal('Volume would be truncated.'))
      .on('GET /volumes', items(volume({ provisioned: 5 * GiB })));
    expect(await backend.expandVolume(NAME, 3 * GiB, bench.call())).toBe(5 * GiB);
  });
  it('passes on any other refusal', async () => {
    array.on('PATCH /volumes', refusal('Quota exceeded.')).on('GET /volumes', items(volume()));
    expect((await bench.failure(backend.expandVolume(NAME, 3 * GiB, bench.call()))).code).toBe('no-capacity');
  });
});

it.each([
  [['2.42'], { iops_limit: 5000, bandwidth_limit: 549_755_813_888 }],
  [['2.52'], { iops_limit: 5000, bandwidth_limit: '' }],
])('lifts a limit as REST %j wants it', async (versions, qos) => {
  array.versions = versions;
  array.on('PATCH /volumes', items(volume()));
  const change = { ...NO_CHANGES, qos: { iopsLimit: 5000, bandwidthLimitBytesPerSecond: 0 } };
  await backend.modifyVolume(NAME, change, bench.call());
  expect(JSON.parse(array.requests.at(-1)?.body ?? '')).toEqual({ qos });
});
