import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Identity, VolumeCapability_AccessMode_Mode } from '../../driver/src/gen/csi_pb.js';
import type { RunningFleet } from '../simulator/fleet.ts';
import { startFleet } from '../simulator/fleet.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { startController } from '../support/controller-process.ts';
import type { CsiConnection } from '../support/csi-client.ts';
import { connectCsi } from '../support/csi-client.ts';
import { eventually } from '../support/eventually.ts';

let fleet: RunningFleet | null = null;
let controller: ControllerProcess | null = null;
let csi: CsiConnection | null = null;

afterEach(async () => {
  csi?.close();
  await controller?.stop();
  await fleet?.close();
  [fleet, controller, csi] = [null, null, null];
});

const arrays = (...names: string[]) =>
  startFleet({ arrays: names.map(name => ({ name, size: '20Ti', fill: 0.3, load: 0.2, labels: { site: name } })) });

const volumeNamed = (name: string, parameters: Record<string, string> = {}) => ({
  name,
  capacityRange: { requiredBytes: 1n << 30n, limitBytes: 0n },
  volumeCapabilities: [
    {
      accessType: { case: 'mount' as const, value: {} },
      accessMode: { mode: VolumeCapability_AccessMode_Mode.SINGLE_NODE_WRITER },
    },
  ],
  parameters: { backend: 'block', ...parameters },
});

const LIMIT_MS = 60_000;

describe('controller process', () => {
  it(
    'uses an array that is added while it runs, isolates a bad one, and never writes a token',
    async () => {
      fleet = await arrays('a1', 'a2');
      const [a1, a2] = [fleet.find('a1'), fleet.find('a2')];
      const wrong = { ...a2, endpoint: 'https://10.0.0.9' };
      controller = await startController([a1, wrong], { logLevel: 'debug' });
      csi = connectCsi(controller.csiEndpoint);
      const service = csi.service(Controller);
      await service.createVolume(volumeNamed('one'));
      await expect(service.createVolume(volumeNamed('two', { arraySelector: 'site=a2' }))).rejects.toMatchObject({
        details: expect.stringMatching(/a1: It has site=a1, asked for: site=a2/),
      });
      await controller.writeArrays([a1, a2]);
      await eventually('the new array is used', 30_000, async () => {
        await service.createVolume(volumeNamed('two', { arraySelector: 'site=a2' }));
        return true;
      });
      expect(fleet.find('a2').counters.get('POST volumes')).toBe(1);
      expect(await controller.stop()).toBe(0);
      expect(controller.output()).toContain('MgmtEndPoint is \\"https://10.0.0.9\\"');
      for (const { apiToken } of fleet.arrays) expect(controller.output()).not.toContain(apiToken);
      expect(fleet.find('a1').counters.get('POST logout')).toBe(1);
    },
    LIMIT_MS,
  );

  it(
    'is ready and answers probes while all arrays are down',
    async () => {
      fleet = await arrays('a1');
      const down = { ...fleet.find('a1'), endpoint: '127.0.0.1:1' };
      controller = await startController([down]);
      csi = connectCsi(controller.csiEndpoint);
      expect(await csi.service(Identity).probe({})).toMatchObject({ ready: true });
      await expect(csi.service(Controller).createVolume(volumeNamed('one'))).rejects.toMatchObject({
        details: expect.stringContaining('127.0.0.1:1'),
      });
    },
    LIMIT_MS,
  );
});
