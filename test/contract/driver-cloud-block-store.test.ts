import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpsTransport } from '../../driver/src/adapters/https-transport.ts';
import { systemClock } from '../../driver/src/adapters/system-clock.ts';
import type { ArrayBackend } from '../../driver/src/backends/backend.ts';
import { everyFamily } from '../../driver/src/compose-backends.ts';
import { GiB, TiB } from '../../driver/src/domain/bytes.ts';
import { nodeNamed } from '../../driver/src/domain/node-id.ts';
import { VolumeCapability_AccessMode_Mode as Mode, Controller } from '../../driver/src/gen/csi_pb.js';
import { seededRandom } from '../../driver/src/lib/random.ts';
import { createRequest, publishRequest } from '../bench/requests.ts';
import type { RunningFleet } from '../simulator/fleet.ts';
import { startFleet } from '../simulator/fleet.ts';
import { byHand } from '../support/controller-bench.ts';
import { startController } from '../support/controller-process.ts';
import { connectCsi } from '../support/csi-client.ts';
import { call } from '../support/flashblade-bench.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const ZONE = 'topology.kubernetes.io/zone';
const CLOUD = {
  name: 'cbs1',
  size: '10Ti',
  model: 'CBS-V10MP2R2',
  cloud: { region: 'westeurope', zone: '1', capacitySteps: ['10Ti', '20Ti'] },
};

async function start(arrays: Parameters<typeof startFleet>[0] & object): Promise<RunningFleet> {
  const fleet = await startFleet(arrays);
  closers.push(() => fleet.close());
  return fleet;
}

function backendOf(fleet: RunningFleet): ArrayBackend {
  const { endpoint, apiToken, caCertificate, labels } = fleet.find('cbs1');
  const factory = everyFamily({
    clock: systemClock,
    random: seededRandom(1),
    transportFactory: given => new HttpsTransport(given),
    userAgent: 'pure-pso/test',
  });
  const backend = factory({
    endpoint,
    kind: 'flasharray',
    labels,
    cordoned: false,
    apiToken,
    caBundle: caCertificate,
    certificateSha256: null,
    verifyTls: true,
    iscsiAllowedCidrs: [],
    nfsEndpoint: null,
  });
  closers.push(() => backend.close());
  return backend;
}

describe.each(['2.4', '2.26', '2.44'])('a Cloud Block Store at REST %s', restVersion => {
  it('is known by itself, speaks iSCSI through two portals, and serves volumes like a FlashArray', async () => {
    const fleet = await start({ arrays: [{ ...CLOUD, restVersion }] });
    const backend = backendOf(fleet);
    const { identity, protocols } = await backend.observe(call());
    expect(identity).toMatchObject({ kind: 'cloud-block-store', model: 'CBS-V10MP2R2' });
    expect(protocols).toEqual(['iscsi']);
    const name = `k8s-pvc-${randomUUID()}`;
    const qos = { iopsLimit: 0, bandwidthLimitBytesPerSecond: 0 };
    const source = { kind: 'blank' } as const;
    const spec = { name, sizeBytes: GiB, qos, source, fileSystem: null, tags: { claim: 'default/db' } };
    await backend.createVolume(spec, call());
    const node = nodeNamed('n1', { iqn: 'iqn.2026-01.lab:n1' });
    const context = await backend.publish({ volumeName: name, node, isSingleNode: true }, call());
    expect(context.protocol === 'iscsi' ? context.portals : []).toHaveLength(2);
    await backend.unpublish(name, node, call());
    await backend.deleteVolume(name, call());
    expect(await backend.findVolume(name, call())).toBeNull();
  });
});

describe('a Cloud Block Store that grows', () => {
  it('shows its new capacity at the next poll', async () => {
    const fleet = await start({ arrays: [CLOUD] });
    const backend = backendOf(fleet);
    expect((await backend.observe(call())).capacity.totalBytes).toBe(10 * TiB);
    await byHand(fleet.find('cbs1'), 'PATCH', '/arrays/cloud-capacity', { requested_capacity: 20 * TiB });
    fleet.clock.advance(3_600_000);
    expect((await backend.observe(call())).capacity.totalBytes).toBe(20 * TiB);
  });
});

describe('a fleet of all families', () => {
  const RWX = {
    accessType: { case: 'mount' as const, value: {} },
    accessMode: { mode: Mode.MULTI_NODE_MULTI_WRITER },
  };

  it('places by backend, metal or cloud, zone and access mode', async () => {
    const fleet = await start({
      arrays: [{ name: 'fa1', size: '20Ti', fill: 0.7 }, CLOUD, { name: 'fb1', kind: 'flashblade', size: '100Ti' }],
    });
    const driver = await startController([...fleet.arrays, ...fleet.blades]);
    closers.push(() => driver.stop());
    const csi = connectCsi(driver.csiEndpoint);
    closers.push(() => csi.close());
    const controller = csi.service(Controller);
    const make = async (parameters: Record<string, string>, more: object = {}) => {
      const request = createRequest(randomUUID());
      const wish = { ...request, parameters: { ...request.parameters, ...parameters }, ...more };
      const { volume } = await controller.createVolume(wish);
      const id = volume?.volumeId.split('/')[0];
      const holders = [
        ...fleet.arrays.map(one => ({ one, core: one.array.core })),
        ...fleet.blades.map(one => ({ one, core: one.blade.core })),
      ];
      return { volume, on: holders.find(({ core }) => core.settings.id === id)?.one.name };
    };
    const metal = { arraySelector: 'pure-pso.io/kind=flasharray' };
    const cloud = { arraySelector: 'pure-pso.io/kind=cloud-block-store' };
    expect((await make(metal)).on).toBe('fa1');
    const inCloud = await make(cloud);
    expect(inCloud.on).toBe('cbs1');
    expect(inCloud.volume?.accessibleTopology[0]?.segments).toMatchObject({ [ZONE]: '1' });
    expect((await make({ preferredArrays: metal.arraySelector })).on).toBe('fa1');
    const elsewhere = { accessibilityRequirements: { requisite: [{ segments: { [ZONE]: '2' } }] } };
    await expect(make(cloud, elsewhere)).rejects.toThrow(/cbs1: It is not reachable from .*zone=2/);

    const shared = await make({ backend: 'file' }, { volumeCapabilities: [RWX] });
    expect(shared.on).toBe('fb1');
    expect(shared.volume?.volumeContext).toMatchObject({ backend: 'file' });
    const volumeId = shared.volume?.volumeId ?? '';
    const { nodeId } = publishRequest(volumeId);
    const flags = {
      accessType: { case: 'mount' as const, value: { mountFlags: ['nfsvers=3'] } },
      accessMode: RWX.accessMode,
    };
    const published = await controller.controllerPublishVolume({ volumeId, nodeId, volumeCapability: flags });
    expect(published.publishContext).toMatchObject({
      protocol: 'nfs',
      server: fleet.findBlade('fb1').dataAddress,
      version: '3',
    });
    await controller.controllerUnpublishVolume({ volumeId, nodeId });
    await expect(make({ backend: 'block' }, { volumeCapabilities: [RWX] })).rejects.toThrow(
      /MULTI_NODE_MULTI_WRITER needs volumeMode: Block/,
    );
    const raw = { accessType: { case: 'block' as const, value: {} }, accessMode: { mode: Mode.SINGLE_NODE_WRITER } };
    await expect(make({ backend: 'file' }, { volumeCapabilities: [raw] })).rejects.toThrow(/needs a block volume/);
    await expect(make({ backend: 'file', exportrules: 'nonsense' })).rejects.toThrow(/Export rules "nonsense"/);

    const room = async (parameters: Record<string, string>) =>
      Number((await controller.getCapacity({ parameters })).availableCapacity);
    expect(await room({ backend: 'file' })).toBeGreaterThan(20 * TiB);
    expect(await room({ backend: 'block' })).toBeLessThan(20 * TiB);
    expect(await room({ backend: 'block', ...cloud })).toBeLessThan(await room({ backend: 'block' }));
  });
});
