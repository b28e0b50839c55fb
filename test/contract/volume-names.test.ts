import { afterEach, describe, expect, it } from '@jest/globals';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../driver/src/gen/csi_pb.js';
import type { ControllerBench } from '../support/controller-bench.ts';
import { ask, byHand, refusal, startBench } from '../support/controller-bench.ts';

let bench: ControllerBench | null = null;

afterEach(async () => {
  await bench?.close();
  bench = null;
});

const start = async (count = 1): Promise<ControllerBench> => (bench = await startBench(count));

const UUID = '0b2f5a10-3c5c-4b43-9d6e-6d1d2f0a7c1';
const OF_CLAIM = {
  'csi.storage.k8s.io/pvc/name': 'Orders.Db',
  'csi.storage.k8s.io/pvc/namespace': 'shop',
  'csi.storage.k8s.io/pv/name': `pvc-${UUID}1`,
};
type Map = Record<string, string>;

async function make(at: ControllerBench, parameters: Map, index = 1, sourceId?: string): Promise<string> {
  const { volume } = await ask(at, 'createVolume', {
    name: `pvc-${UUID}${index}`,
    parameters: { backend: 'block', ...parameters },
    volumeCapabilities: [{ accessType: { case: 'mount', value: {} }, accessMode: { mode: Mode.SINGLE_NODE_WRITER } }],
    ...(sourceId === undefined
      ? {}
      : { volumeContentSource: { type: { case: 'volume' as const, value: { volumeId: sourceId } } } }),
  });
  return volume?.volumeId ?? '';
}

const live = ({ arrays }: ControllerBench, array = 'a1') =>
  arrays
    .find(array)
    .array.liveVolumes()
    .map(({ name }) => name);

describe('a name template', () => {
  it('gives readable names, the same for a repeat, another for another claim', async () => {
    const at = await start();
    const parameters = { ...OF_CLAIM, nameTemplate: '{{namespace}}-{{lower claim}}' };
    const id = await make(at, parameters);
    expect(await make(at, parameters)).toBe(id);
    expect(await make(at, parameters, 2)).not.toBe(id);
    expect(live(at)).toHaveLength(2);
    for (const name of live(at)) expect(name).toMatch(/^k8s-shop-orders-db-[0-9a-f]{12}$/);
    await ask(at, 'deleteVolume', { volumeId: id });
    expect(live(at)).toHaveLength(1);
  });

  it('is cut to what arrays take', async () => {
    const at = await start();
    await make(at, { ...OF_CLAIM, 'csi.storage.k8s.io/pvc/name': 'x'.repeat(250), nameTemplate: '{{claim}}--' });
    expect(live(at)[0]).toMatch(/^k8s-x{46}-[0-9a-f]{12}$/);
  });

  it.each([
    ['{{secret}}', OF_CLAIM, /has no value "secret"; there are cluster, namespace, claim, pv/],
    ['{{constructor}}', OF_CLAIM, /has no value "constructor"/],
    ['{{claim.length}}', OF_CLAIM, /values are single words/],
    ['{{#each claim}}{{/each}}', OF_CLAIM, /no blocks or partials/],
    ['{{claim}}', {}, /needs claim, which a provisioner tells with --extra-create-metadata/],
  ])('%s is refused by name', async (nameTemplate, more, words) => {
    const at = await start();
    const error = await refusal(make(at, { ...more, nameTemplate }));
    expect(error).toMatchObject({ id: 'parameter-invalid' });
    expect(error.message).toMatch(words);
    expect(live(at)).toEqual([]);
  });
});

describe('a pod', () => {
  it('holds the volumes of its class, which are published, listed and deleted', async () => {
    const at = await start();
    await byHand(at.arrays.find('a1'), 'POST', '/pods?names=tenant');
    await byHand(at.arrays.find('a1'), 'POST', '/protection-groups?names=tenant::daily');
    const volumeId = await make(at, { pure_fa_pod_name: 'tenant', protection_group: 'daily' });
    expect(live(at)).toEqual([`tenant::k8s-pvc-${UUID}1`]);
    const nodeId = 'n1,iqn=iqn.2026-01.lab:n1';
    const volumeCapability = {
      accessType: { case: 'mount' as const, value: {} },
      accessMode: { mode: Mode.SINGLE_NODE_WRITER },
    };
    await ask(at, 'controllerPublishVolume', { volumeId, nodeId, volumeCapability });
    expect((await ask(at, 'listVolumes', {})).entries).toMatchObject([
      { volume: { volumeId }, status: { publishedNodeIds: [nodeId] } },
    ]);
    await ask(at, 'controllerUnpublishVolume', { volumeId, nodeId });
    await ask(at, 'deleteVolume', { volumeId });
    expect(live(at)).toEqual([]);
  });

  it('that is not there is a sentence', async () => {
    const at = await start();
    const error = await refusal(make(at, { pod: 'absent' }));
    expect(error.message).toContain('absent');
    expect(await refusal(make(at, { realm: 'r1' }))).toMatchObject({ id: 'parameter-invalid' });
  });
});

describe('a copy', () => {
  it('may have another class on the same array', async () => {
    const at = await start(2);
    const source = await make(at, { arraySelector: 'site=a1' });
    const copy = await make(at, { iops_limit: '1000' }, 2, source);
    expect(copy.split('/')[0]).toBe(source.split('/')[0]);
  });

  it('is refused where its class cannot go to the array of its source, and nothing is made', async () => {
    const at = await start(2);
    const source = await make(at, { arraySelector: 'site=a1' });
    const error = await refusal(make(at, { arraySelector: 'site=a2' }, 2, source));
    expect(error).toMatchObject({ id: 'source-on-other-array', code: 'no-match' });
    expect(error.message).toContain(
      'is on array a1, where the class puts no volumes: It has site=a1, asked for: site=a2',
    );
    expect([...live(at, 'a1'), ...live(at, 'a2')]).toHaveLength(1);
  });
});
