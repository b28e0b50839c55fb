import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ChapKey } from '../../driver/src/domain/chap.ts';
import { leaks } from '../support/canary.ts';
import { eventually } from '../support/eventually.ts';
import { NodePlugin } from '../support/node-plugin.ts';
import { NodeVolume } from '../support/node-volume.ts';
import { LabDataPlane } from './array/data-plane.ts';
import type { Guest, Lab } from './lab.ts';
import { ARRAY_PORTALS, initiatorName } from './options.ts';
import { sharedLab } from './shared-lab.ts';

const MIB = 1024 ** 2;
const LIMIT_MS = 180_000;
const ARRAY_ID = randomBytes(8).toString('hex');
const ARRAY_IQN = `iqn.2010-06.com.purestorage:flasharray.${ARRAY_ID}`;
const KEY = randomBytes(32).toString('hex');
const proofOf = (worker: string, key = KEY) =>
  ChapKey.parse('key', key).credentialsFor(initiatorName(worker), ARRAY_IQN);
/** What iscsiadm knows of the array's target on a node. */
const RECORDS = `/etc/iscsi/nodes/${ARRAY_IQN} /var/lib/iscsi/nodes/${ARRAY_IQN}`;

describe('CHAP on real kernels', () => {
  let lab: Lab;
  let plane: LabDataPlane;
  const plugins: NodePlugin[] = [];
  const made: NodeVolume[] = [];
  let count = 0;

  beforeAll(async () => {
    lab = await sharedLab();
    plane = new LabDataPlane(lab.guest('ar').agent);
    await plane.prepare({
      name: 'chap',
      iqn: ARRAY_IQN,
      portals: [...ARRAY_PORTALS],
      nqn: '',
      nvmeTcpPortals: [],
      nvmeRocePortals: [],
      wwns: [],
    });
    for (const worker of ['n1', 'n2'])
      plugins.push(await NodePlugin.start(lab, { worker, chapKey: KEY, logLevel: 'debug' }));
  }, 30 * 60_000);

  afterAll(async () => {
    for (const plugin of plugins) await plugin.close();
  });

  afterEach(async () => {
    for (const volume of made) await eventually('it is unstaged', 60_000, () => volume.unstage().then(() => true));
    for (const volume of made.splice(0)) await volume.remove();
  }, LIMIT_MS);

  const guestOf = (plugin: NodePlugin | undefined): Guest => lab.guest(plugin?.guest.name ?? '');

  async function create(chap?: { readonly user: string; readonly password: string }): Promise<NodeVolume> {
    const [plugin] = plugins;
    if (!plugin) throw new Error('There is no plugin.');
    count += 1;
    const serial = `${ARRAY_ID}${count.toString(16).padStart(8, '0')}`.toUpperCase();
    const options = { arrayIqn: ARRAY_IQN, serial, lun: count, sizeBytes: 320 * MIB, use: 'ext4' as const };
    const volume = new NodeVolume(plugin, plane, { ...options, ...(chap ? { chap } : {}) });
    made.push(volume);
    return volume.create();
  }

  it(
    'lets in a node with its secret, and the next one with its own, which are in records of root alone',
    async () => {
      const [first, second] = plugins;
      if (!first || !second) throw new Error('There are no plugins.');
      const [n1, n2] = [guestOf(first), guestOf(second)];
      const old = await create(proofOf('n1'));
      await old.staged();
      await n1.output(`echo kept >${old.stagingPath}/file && sync -f ${old.stagingPath}`);
      const holders = `grep -rl ${proofOf('n1').password} ${RECORDS} 2>/dev/null`;
      expect(await n1.output(`stat -c %a $(${holders})`)).toBe('600\n'.repeat(ARRAY_PORTALS.length));
      await old.unstage();
      await old.disconnect();
      expect(await n1.output(`${holders} || true`)).toBe('');

      const next = old.on(second, proofOf('n2'));
      made.splice(0, 1, next);
      await next.connect();
      await next.staged(false);
      expect(await n2.output(`cat ${next.stagingPath}/file`)).toBe('kept\n');
      const logs = { n1: await first.log(), n2: await second.log() };
      expect(leaks([KEY, proofOf('n1').password, proofOf('n2').password], logs)).toEqual([]);
      expect(logs.n1).toContain('--login');
    },
    LIMIT_MS,
  );

  it(
    'keeps out who has another secret, or none, and tells the node what to do',
    async () => {
      const n1 = lab.guest('n1');
      const volume = await create(proofOf('n1', randomBytes(32).toString('hex')));
      await expect(volume.stage()).rejects.toThrow(
        /refused the login of this node, which proved itself by CHAP\. Drain the node.*errors\.md#login-refused/,
      );
      const [portal] = ARRAY_PORTALS;
      const byHand = `iscsiadm -m node -T ${ARRAY_IQN} -p ${portal}`;
      const { code } = await n1.run(
        `${byHand} -o delete; ${byHand} -o new >/dev/null && ${byHand} --login; code=$?; ${byHand} -o delete; exit $code`,
      );
      expect(code).toBe(24);
      expect(await n1.output(`grep -l ${ARRAY_ID} /sys/class/iscsi_session/*/targetname || true`)).toBe('');
    },
    LIMIT_MS,
  );

  it(
    'logs in where an array asks for nothing',
    async () => {
      const volume = await create();
      await eventually('it is staged', 90_000, () => volume.stage().then(() => true), 1000);
      expect(await lab.guest('n1').output(`findmnt -n -o FSTYPE ${volume.stagingPath}`)).toBe('ext4\n');
    },
    LIMIT_MS,
  );
});
