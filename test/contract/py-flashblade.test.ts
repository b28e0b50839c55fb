import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningBlade, RunningFleet } from '../simulator/fleet.ts';
import { startFleet } from '../simulator/fleet.ts';
import { VendorClient } from './vendor-client.ts';

const GIB = 2 ** 30;
const TIB = 2 ** 40;

/** What depends on the version: exports are objects from 2.16, QoS from 2.17, clones from 2.25. */
const EXPORTS = { exports: [['fs', 'policy', '_array_server']] };
const SINCE_2_25 = { ...EXPORTS, qos: 'qos', clone: 6 * GIB };

describe('py-pure-client drives the simulated FlashBlade', () => {
  let client: VendorClient;
  let fleet: RunningFleet;
  let array: RunningBlade;

  beforeAll(async () => {
    client = await VendorClient.install();
  }, 600_000);

  beforeEach(async () => {
    fleet = await startFleet({ arrays: [{ kind: 'flashblade', name: 'contract', dataAddress: '192.0.2.7' }] });
    array = fleet.findBlade('contract');
  });

  /** `close` fails when an answer was not as the vendor's API description says. */
  afterEach(async () => {
    await fleet.close();
  });

  it.each([
    ['2.3', '2.3', { clone: 400 }],
    ['2.16', '2.16', { ...EXPORTS, clone: 400 }],
    ['2.25', '2.25', SINCE_2_25],
    ['newest', expect.stringMatching(/^2\.(2[8-9]|[3-9]\d)$/), SINCE_2_25],
  ])(
    'does a day’s work at %s',
    async (version, expected, more) => {
      expect(await client.drive('drive-flashblade.py', array.endpoint, array.apiToken, version)).toEqual({
        version: expected,
        array: 'contract',
        'capacity array': 100 * TIB,
        'capacity file-system': 100 * TIB,
        'capacity object-store': 100 * TIB,
        'data vip': ['192.0.2.7'],
        limited: 10,
        sorted: ['19', '18', '17', '16', '15', '14', '13', '12', '11', '10', '1'].map(number => `paged-${number}`),
        total: { count: 25, provisioned: 25 * GIB },
        rules: '',
        size: 6 * GIB,
        duplicate: { status: 400, message: 'File system already exists.' },
        missing: { status: 400, message: 'File system does not exist.' },
        added: '10.0.0.7(rw,no_root_squash)',
        removed: '',
        'rule order': ['10.0.0.8', '*'],
        stale: true,
        policy: 'policy',
        'in use': 400,
        quota: [[1000, GIB]],
        usage: [0, 1000],
        snapshot: 'fs.before',
        snapshots: ['fs.before'],
        restored: 'fs',
        'not destroyed': 400,
        destroyed: ['fs'],
        unchangeable: { status: 400, message: 'File system has been destroyed.' },
        'snapshots left': 0,
        'policy gone': 200,
        ...more,
      });
    },
    120_000,
  );

  it('finds all file systems in one answer, or in as many pages as it asks for', async () => {
    const code = [
      'import sys; from pypureclient import flashblade as fb',
      'c = fb.Client(sys.argv[1], api_token=sys.argv[2], version="2.12")',
      'for n in range(0, 2500, 500): assert c.post_file_systems(names=[f"f-{i}" for i in range(n, n + 500)], file_system=fb.FileSystemPost(provisioned=1 << 20)).status_code == 200',
      'names = {f.name for f in c.get_file_systems().items}',
      'token, paged = None, []',
      'while True:',
      '    page = c.get_file_systems(limit=1000, **({} if token is None else {"continuation_token": token}))',
      '    paged += [f.name for f in page.items]; token = page.continuation_token',
      '    if token is None: break',
      'print(len(names), len(paged), set(paged) == names)',
    ];
    expect(await client.run(code, array.endpoint, array.apiToken)).toBe('2500 2500 True');
    expect(array.counters.get('GET file-systems')).toBe(4);
  }, 120_000);

  it('logs in again when its session ends', async () => {
    const { sessions } = array.blade.core;
    const args = ['flashblade', array.endpoint, array.apiToken, '2.12'];
    expect(await client.driveInTwo('relogin.py', args, () => sessions.expireAll())).toEqual(['200', '200']);
    expect(sessions.logins).toBe(2);
  }, 60_000);

  it('sees a reader’s writes refused with 403, and a wrong token at login', async () => {
    const code = [
      'import sys; from pypureclient import flashblade',
      'c = flashblade.Client(sys.argv[1], api_token=sys.argv[2], version="2.12")',
      'r = c.post_file_systems(names=["no"], file_system=flashblade.FileSystemPost(provisioned=1 << 30))',
      'print(c.get_arrays().status_code, r.status_code)',
      'try: flashblade.Client(sys.argv[1], api_token="wrong", version="2.12").get_arrays()',
      'except Exception as error: print(type(error).__name__)',
    ];
    expect(await client.run(code, array.endpoint, array.readonlyToken)).toBe('200 403\nPureError');
    expect(array.blade.liveFileSystems()).toEqual([]);
  }, 60_000);
});
