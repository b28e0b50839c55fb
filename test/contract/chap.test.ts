import { afterEach, describe, expect, it } from '@jest/globals';
import { ChapKey, isOwnChapUser } from '../../driver/src/domain/chap.ts';
import { formatNodeId, nodeNamed } from '../../driver/src/domain/node-id.ts';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../driver/src/gen/csi_pb.js';
import { leaks } from '../support/canary.ts';
import type { ControllerBench } from '../support/controller-bench.ts';
import { ask, byHand, refusal, startBench } from '../support/controller-bench.ts';

const IQN = 'iqn.2026-01.lab:n1';
const NODE = formatNodeId(nodeNamed('n1', { iqn: IQN }));
const NEW_KEY = ChapKey.parse('key', 'another '.repeat(6));
const volumeCapability = {
  accessType: { case: 'mount' as const, value: {} },
  accessMode: { mode: Mode.SINGLE_NODE_WRITER },
};

let key = ChapKey.parse('key', 'a canary key '.repeat(4));
let benches: ControllerBench[] = [];

afterEach(async () => {
  for (const bench of benches.reverse()) await bench.close();
  benches = [];
  key = ChapKey.parse('key', 'a canary key '.repeat(4));
});

async function start(restVersion?: string): Promise<ControllerBench> {
  const bench = await startBench(1, restVersion === undefined ? {} : { restVersion }, {
    chapKey: () => Promise.resolve(key),
  });
  benches.push(bench);
  return bench;
}

async function withoutChap(bench: ControllerBench): Promise<ControllerBench> {
  const other = await bench.restart({ chapKey: null });
  benches.push(other);
  return other;
}

let names = 0;

async function make(at: ControllerBench): Promise<string> {
  const { volume } = await ask(at, 'createVolume', {
    name: `pvc-0b2f5a10-3c5c-4b43-9d6e-${String((names += 1)).padStart(12, '0')}`,
    parameters: { backend: 'block' },
    volumeCapabilities: [volumeCapability],
  });
  return volume?.volumeId ?? '';
}

const publish = async (at: ControllerBench, volumeId: string): Promise<Record<string, string>> =>
  (await ask(at, 'controllerPublishVolume', { volumeId, nodeId: NODE, volumeCapability })).publishContext;

const unpublish = (at: ControllerBench, volumeId: string): Promise<unknown> =>
  ask(at, 'controllerUnpublishVolume', { volumeId, nodeId: NODE });

const chapOf = ({ arrays }: ControllerBench) =>
  Array.from(arrays.find('a1').array.core.state.hosts.values(), ({ chap }) => chap)[0];

const wanted = ({ arrays }: ControllerBench, by = key) => {
  const { user, password } = by.credentialsFor(IQN, arrays.find('a1').array.core.settings.iqn);
  return { hostUser: user, hostPassword: password, targetUser: null, targetPassword: null };
};

const NOTHING = { hostUser: null, hostPassword: null, targetUser: null, targetPassword: null };

async function warnings(at: ControllerBench): Promise<string> {
  const [member] = at.fleet.members();
  const call = { requestId: 'r', deadlineMs: Infinity, signal: new AbortController().signal };
  return ((await member?.backend.observe(call))?.warnings ?? []).join(' ');
}

describe('a cluster with CHAP', () => {
  it.each(['2.4', '2.26', undefined])(
    'gives a new host its secret, REST %s, and tells it to nobody else',
    async rest => {
      const at = await start(rest);
      const context = await publish(at, await make(at));
      expect(chapOf(at)).toEqual(wanted(at));
      const { hostPassword } = wanted(at);
      const told = { context: JSON.stringify(context), calls: at.calls().join('\n') };
      expect(leaks([hostPassword], told)).toEqual([]);
    },
  );

  it('gives it to a host that is there and sees no volume, and asks no more afterwards', async () => {
    const at = await start();
    await byHand(at.arrays.find('a1'), 'POST', '/hosts?names=rack-7', { iqns: [IQN] });
    const [first, second] = [await make(at), await make(at)];
    await publish(at, first);
    expect(chapOf(at)).toEqual(wanted(at));
    at.calls();
    await publish(at, second);
    expect(at.calls().filter(line => line.includes('/hosts'))).toEqual([]);
  });

  it('changes nothing while volumes are connected, says so, and does it when they are gone', async () => {
    const at = await start();
    const old = await withoutChap(at);
    const [first, second] = [await make(at), await make(at)];
    await publish(old, first);
    await publish(at, second);
    expect(chapOf(at)).toEqual(NOTHING);
    expect(await warnings(at)).toMatch(/CHAP of the hosts n1 is not as flasharray\.chapSecret wants it/);
    for (const volume of [first, second]) await unpublish(at, volume);
    await publish(at, first);
    expect(chapOf(at)).toEqual(wanted(at));
    expect(await warnings(at)).toBe('');
  });

  it('follows a new key, once the volumes that came with the old one are gone', async () => {
    const at = await start();
    const volume = await make(at);
    await publish(at, volume);
    const before = chapOf(at);
    key = NEW_KEY;
    await publish(at, await make(at));
    expect(chapOf(at)).toEqual(before);
    for (const { volume: listed } of (await ask(at, 'listVolumes', {})).entries)
      await unpublish(at, listed?.volumeId ?? '');
    await publish(at, volume);
    expect(chapOf(at)).toEqual(wanted(at, NEW_KEY));
  });

  it('takes its own secret away where CHAP is off again, and leaves an administrator’s', async () => {
    const at = await start();
    const volume = await make(at);
    await publish(at, volume);
    await unpublish(at, volume);
    const off = await withoutChap(at);
    await publish(off, volume);
    expect(chapOf(at)).toEqual(NOTHING);
    await byHand(at.arrays.find('a1'), 'PATCH', '/hosts?names=n1', {
      chap: { host_user: 'dba', host_password: 'somebody-elses' },
    });
    await unpublish(off, volume);
    const third = await withoutChap(at);
    await publish(third, volume);
    expect(chapOf(at)).toMatchObject({ hostUser: 'dba', hostPassword: 'somebody-elses' });
  });

  it('replaces nothing that an administrator set, in words', async () => {
    const at = await start();
    await byHand(at.arrays.find('a1'), 'POST', '/hosts?names=n1', {
      iqns: [IQN],
      chap: { host_user: 'dba', host_password: 'somebody-elses' },
    });
    const error = await refusal(publish(at, await make(at)));
    expect(error).toMatchObject({ id: 'host-chap-foreign', finality: 'final' });
    expect(error.sentence).toMatch(/host n1 has the CHAP user "dba".*Take the CHAP user off/);
    expect(chapOf(at)).toMatchObject({ hostUser: 'dba' });
    expect(isOwnChapUser('dba')).toBe(false);
  });

  it('connects nothing without a key that can be used', async () => {
    const at = await startBench(1, {}, { chapKey: () => Promise.resolve().then(() => ChapKey.parse('/key', null)) });
    benches.push(at);
    expect((await refusal(publish(at, await make(at)))).sentence).toMatch(/CHAP key \/key is missing.*Secret/);
    expect(chapOf(at)).toBeUndefined();
  });
});
