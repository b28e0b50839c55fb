import { afterEach, describe, expect, it } from '@jest/globals';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../driver/src/gen/csi_pb.js';
import type { ControllerBench } from '../support/controller-bench.ts';
import { ask, refusal, startBench } from '../support/controller-bench.ts';

let bench: ControllerBench | null = null;

afterEach(async () => {
  await bench?.close();
  bench = null;
});

const node = (name: string): string => `${name},iqn=iqn.2026-01.lab:${name}`;
const mount = (mode: Mode) => ({ accessType: { case: 'mount' as const, value: {} }, accessMode: { mode } });
const block = (mode: Mode) => ({ accessType: { case: 'block' as const, value: {} }, accessMode: { mode } });
type Capability = ReturnType<typeof mount> | ReturnType<typeof block>;

async function make(capability: Capability): Promise<ControllerBench & { readonly volumeId: string }> {
  const at = (bench = await startBench(1));
  const { volume } = await ask(at, 'createVolume', {
    name: 'pvc-0b2f5a10-3c5c-4b43-9d6e-6d1d2f0a7c11',
    parameters: { backend: 'block' },
    volumeCapabilities: [capability],
  });
  return { ...at, volumeId: volume?.volumeId ?? '' };
}

const publish = (at: ControllerBench & { readonly volumeId: string }, name: string, volumeCapability: Capability) =>
  ask(at, 'controllerPublishVolume', { volumeId: at.volumeId, nodeId: node(name), volumeCapability });

describe('a block volume', () => {
  it.each([
    ['ReadWriteOnce', mount(Mode.SINGLE_NODE_WRITER)],
    ['ReadWriteOncePod', mount(Mode.SINGLE_NODE_SINGLE_WRITER)],
    ['single node, many writers', mount(Mode.SINGLE_NODE_MULTI_WRITER)],
    ['ReadWriteOncePod raw', block(Mode.SINGLE_NODE_SINGLE_WRITER)],
  ])('with %s is for one node, and stays with the first', async (_what, capability) => {
    const at = await make(capability);
    await publish(at, 'n1', capability);
    await publish(at, 'n1', capability);
    expect(await refusal(publish(at, 'n2', capability))).toMatchObject({ id: 'volume-on-other-node' });
    expect((await ask(at, 'controllerGetVolume', { volumeId: at.volumeId })).status?.publishedNodeIds).toEqual([
      node('n1'),
    ]);
  });

  it('with ReadWriteMany is raw only, and on several nodes at once', async () => {
    const at = await make(block(Mode.MULTI_NODE_MULTI_WRITER));
    for (const name of ['n1', 'n2']) await publish(at, name, block(Mode.MULTI_NODE_MULTI_WRITER));
    const { status } = await ask(at, 'controllerGetVolume', { volumeId: at.volumeId });
    expect([...(status?.publishedNodeIds ?? [])].sort()).toEqual([node('n1'), node('n2')]);
    expect(await refusal(publish(at, 'n1', mount(Mode.MULTI_NODE_MULTI_WRITER)))).toMatchObject({
      id: 'access-mode-unsupported',
    });
  });

  it.each([Mode.MULTI_NODE_MULTI_WRITER, Mode.MULTI_NODE_SINGLE_WRITER, Mode.MULTI_NODE_READER_ONLY])(
    'with a file system is not made for several nodes (mode %s)',
    async mode => {
      expect(await refusal(make(mount(mode)))).toMatchObject({ id: 'access-mode-unsupported', code: 'invalid' });
      expect(bench?.arrays.find('a1').array.liveVolumes()).toEqual([]);
    },
  );
});
