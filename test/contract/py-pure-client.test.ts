import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningArray, RunningFleet } from '../simulator/fleet.ts';
import { startFleet } from '../simulator/fleet.ts';
import { VendorClient } from './vendor-client.ts';

const GIB = 2 ** 30;

describe('py-pure-client drives the simulator', () => {
  let client: VendorClient;
  let fleet: RunningFleet;
  let array: RunningArray;

  beforeAll(async () => {
    client = await VendorClient.install();
  }, 600_000);

  beforeEach(async () => {
    fleet = await startFleet({ arrays: [{ name: 'contract' }] });
    array = fleet.find('contract');
  });

  /** `close` fails when an answer was not as the vendor's API description says. */
  afterEach(async () => {
    await fleet.close();
  });

  it.each([
    ['2.4', '2.4'],
    ['2.16', '2.16'],
    ['2.26', '2.26'],
    ['newest', expect.stringMatching(/^2\.(5[6-9]|[6-9]\d)$/)],
  ])(
    'does a day’s work at %s',
    async (version, expected) => {
      const seen = await client.drive('drive.py', array.endpoint, array.apiToken, version);
      const serialPrefix = array.array.core.settings.id.replaceAll('-', '').slice(0, 16).toUpperCase();
      expect(seen).toEqual({
        version: expected,
        array: 'contract',
        controllers: ['CT0', 'CT1'],
        portals: ['10.66.1.50:3260', '10.66.2.50:3260'],
        limited: 10,
        sorted: ['19', '18', '17', '16', '15', '14', '13', '12', '11', '10', '1'].map(number => `paged-${number}`),
        total: 11,
        serial: expect.stringMatching(new RegExp(`^${serialPrefix}[0-9A-F]{8}$`)),
        size: 6 * GIB,
        duplicate: { status: 400, message: 'Volume already exists.' },
        missing: { status: 400, message: 'Volume does not exist.' },
        host: 'node-1',
        lun: 1,
        connected_twice: { status: 400, message: 'Connection already exists.' },
        connections: 1,
        snapshots: ['vol.before'],
        clone: 6 * GIB,
        group_snapshots: ['pg.s1.vol'],
        pod_volume: 'pod',
        tags: { owner: 'db' },
        destroyed_twice: { status: 400, message: 'Volume has been deleted.' },
        destroyed: ['clone'],
        live: 27,
      });
    },
    120_000,
  );

  it('pages through more volumes than one answer holds', async () => {
    const code = [
      'import sys; from pypureclient import flasharray',
      'c = flasharray.Client(sys.argv[1], api_token=sys.argv[2], version="2.26")',
      'for n in range(0, 2500, 500): assert c.post_volumes(names=[f"v-{i}" for i in range(n, n + 500)], volume=flasharray.VolumePost(provisioned=1 << 20)).status_code == 200',
      'names = [v.name for v in c.get_volumes().items]; print(len(names), len(set(names)))',
    ];
    expect(await client.run(code, array.endpoint, array.apiToken)).toBe('2500 2500');
    expect(array.counters.get('GET volumes')).toBe(3);
  }, 120_000);

  it('logs in again when its session ends', async () => {
    const { sessions } = array.array.core;
    const args = ['flasharray', array.endpoint, array.apiToken, '2.26'];
    expect(await client.driveInTwo('relogin.py', args, () => sessions.expireAll())).toEqual(['200', '200']);
    expect(sessions.logins).toBe(2);
  }, 60_000);

  it('sees a reader’s writes refused with 403', async () => {
    const code = [
      'import sys; from pypureclient import flasharray',
      'c = flasharray.Client(sys.argv[1], api_token=sys.argv[2], version="2.26")',
      'r = c.post_volumes(names=["no"], volume=flasharray.VolumePost(provisioned=1 << 30))',
      'print(c.get_arrays().status_code, r.status_code)',
    ];
    expect(await client.run(code, array.endpoint, array.readonlyToken)).toBe('200 403');
    expect(array.array.liveVolumes()).toEqual([]);
  }, 60_000);
});
