import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningFleet } from '../simulator/fleet.ts';
import { startFleet } from '../simulator/fleet.ts';
import { VendorClient } from './vendor-client.ts';

const TIB = 2 ** 40;

describe('py-pure-client drives simulated arrays that work together', () => {
  let client: VendorClient;
  let fleet: RunningFleet;

  beforeAll(async () => {
    client = await VendorClient.install();
  }, 600_000);

  beforeEach(async () => {
    fleet = await startFleet({
      arrays: [
        { name: 'alpha', protocols: ['iscsi', 'nvme-tcp', 'fc'], labels: { env: 'dev' } },
        { name: 'beta' },
        { name: 'cloud', size: '10Ti', model: 'CBS-V10MP2R2', cloud: { capacitySteps: ['20Ti', '40Ti'] } },
      ],
      fleets: [{ name: 'all', arrays: ['alpha', 'beta', 'cloud'] }],
    });
  });

  /** `close` fails when an answer was not as the vendor's API description says. */
  afterEach(async () => {
    await fleet.close();
  });

  /** Lets time pass when the first line has come. */
  const drive = async (version: string): Promise<unknown[]> => {
    const places = ['alpha', 'beta', 'cloud'].flatMap(name => [fleet.find(name).endpoint, fleet.find(name).apiToken]);
    const lines = await client.driveInTwo('network.py', [...places, version], () => fleet.clock.advance(1_200_000));
    return lines.map(line => JSON.parse(line) as unknown);
  };

  it.each([
    ['2.4', {}],
    ['2.16', { diff: true }],
    ['2.26', { diff: true }],
    [
      'newest',
      {
        diff: true,
        growing: 'expanding',
        steps: [10, 20, 40],
        metal: 'This operation is only supported on Cloud Block Store arrays.',
        fleet: ['alpha', 'beta', 'cloud'],
        elsewhere: ['beta'],
      },
    ],
  ])(
    'at %s',
    async (version, more) => {
      expect(await drive(version)).toEqual([
        {
          sessions: ['pureuser'],
          ports: ['iqn', 'nqn', 'wwn'],
          nsid: version === 'newest' ? 1 : null,
          connected: [['alpha', 'connected']],
          same_serial: true,
          pod_arrays: ['alpha', 'beta'],
          stretched_twice: 'Pod stretch limit reached.',
          transfer: ['pg.s'],
        },
        { replicas: ['alpha:pg.s.v'], clone: TIB, models: ['CBS-V10MP2R2'], ...more },
      ]);
    },
    120_000,
  );
});
