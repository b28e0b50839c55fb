import type { ChildProcess } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startFleet, type RunningFleet } from '../simulator/fleet.ts';
import { startController, type ControllerProcess } from '../support/controller-process.ts';
import { NodePlugin } from '../support/node-plugin.ts';
import { ensure } from '../tools/ensure.ts';
import { csiSanity } from '../tools/go-tools.ts';
import { LabDataPlane } from './array/data-plane.ts';
import { LabFileDataPlane } from './array/file-data-plane.ts';
import type { Lab } from './lab.ts';
import { ARRAY_PORTALS, FILE_SERVER_ADDRESSES, HOST_ADDRESS } from './options.ts';
import { sharedLab } from './shared-lab.ts';

const REPEAT = Number(process.env.REPEAT ?? '1');
const LIMIT_MS = 900_000;
const CONTROLLER_PORT = 18_110;
const GIB = 1024 ** 3;
/** All applicable cases of csi-test 5.5; fewer would mean that something is skipped. */
const CASES = 80;

/** Run inside the lab's namespaces: the guests reach the controller's socket through it. */
const BRIDGE = `
  const net = require('node:net');
  const [file, host, port] = process.argv.slice(1);
  net.createServer(near => {
    const far = net.connect(file);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
  }).listen(Number(port), host, () => console.log('listening'));`;

let lab: Lab;
let fleet: RunningFleet | null = null;
let controller: ControllerProcess | null = null;
let plugin: NodePlugin | null = null;
let bridge: ChildProcess | null = null;

beforeAll(async () => {
  lab = await sharedLab();
  copyFileSync(`${await ensure(csiSanity)}/csi-sanity`, path.join(lab.paths.share, 'csi-sanity'));
}, 30 * 60_000);

afterEach(async () => {
  await plugin?.close();
  bridge?.kill('SIGKILL');
  await controller?.stop();
  await fleet?.close();
  [plugin, bridge, controller, fleet] = [null, null, null, null];
}, 60_000);

async function startBridge(socket: string): Promise<ChildProcess> {
  const args = ['-e', BRIDGE, socket, HOST_ADDRESS, String(CONTROLLER_PORT)];
  const child = lab.spawn(process.execPath, args, ['ignore', 'pipe', 'inherit']);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', code => reject(new Error(`The bridge ended with ${code ?? 'a signal'}.`)));
  });
  return child;
}

describe('csi-sanity with the real node plugin in a guest', () => {
  it.each([
    { what: 'block volumes with a file system', backend: 'block', accessType: 'mount', sanType: 'iscsi' },
    { what: 'raw block volumes', backend: 'block', accessType: 'block', sanType: 'iscsi' },
    {
      what: 'block volumes with a file system by NVMe/TCP',
      backend: 'block',
      accessType: 'mount',
      sanType: 'nvme-tcp',
    },
    { what: 'raw block volumes by NVMe/TCP', backend: 'block', accessType: 'block', sanType: 'nvme-tcp' },
    { what: 'file systems by NFS', backend: 'file', accessType: 'mount', sanType: 'iscsi' },
  ] as const)(
    `passes all cases with $what, ${REPEAT} times`,
    async ({ what, backend, accessType, sanType }) => {
      const { agent } = lab.guest('ar');
      const files = new LabFileDataPlane(agent);
      fleet = await startFleet(
        {
          arrays: ['sanity1', 'sanity2'].map((name, index) =>
            backend === 'block'
              ? { name, size: '20Ti', fill: 0.3, portals: [...ARRAY_PORTALS], protocols: [sanType] }
              : { kind: 'flashblade', name: `file-${name}`, fill: 0.3, dataAddress: FILE_SERVER_ADDRESSES[index + 1] },
          ),
        },
        { dataPlane: new LabDataPlane(agent), fileDataPlane: files },
      );
      controller = await startController([...fleet.arrays, ...fleet.blades], {
        settings: { clusterID: 'sanity', sanType },
      });
      bridge = await startBridge(controller.csiEndpoint.replace('unix://', ''));
      plugin = await NodePlugin.start(lab, { settings: { sanType } });
      const { guest, kubeletDir } = plugin;
      const command = [
        '/lab/csi-sanity',
        `--csi.endpoint=unix://${plugin.socket}`,
        `--csi.controllerendpoint=${HOST_ADDRESS}:${CONTROLLER_PORT}`,
        `--csi.mountdir=${kubeletDir}/sanity/mount`,
        `--csi.stagingdir=${kubeletDir}/sanity/stage`,
        `--csi.testvolumeaccesstype=${accessType}`,
        `--csi.testvolumesize=${GIB}`,
        `--csi.testvolumeexpandsize=${2 * GIB}`,
        '--csi.testvolumeparameters=/tmp/parameters.yaml',
        '--csi.testvolumemutableparameters=/tmp/mutable.yaml',
        '--ginkgo.no-color',
      ].join(' ');
      for (let run = 0; run < REPEAT; run += 1) {
        await guest.output(
          `mkdir -p ${kubeletDir}/sanity; echo 'iops_limit: "5000"' >/tmp/mutable.yaml; echo 'backend: ${backend}' >/tmp/parameters.yaml`,
        );
        const { stdout, stderr } = await guest.run(command, { timeoutMs: LIMIT_MS });
        const output = stdout + stderr;
        const [, passed = '0', failed = 'no'] = /(\d+) Passed \| (\d+) Failed/u.exec(output) ?? [];
        expect(failed === '0' ? '' : output).toBe('');
        expect(Number(passed)).toBeGreaterThanOrEqual(CASES);
        const left = `grep ' ${kubeletDir}' /proc/self/mountinfo; multipath -ll | grep PURE; grep -ls purestorage /sys/class/nvme/*/subsysnqn; true`;
        expect(await guest.output(left)).toBe('');
        const exports = (await files.inventory()).exports.filter(({ array }) => array.startsWith('file-sanity'));
        expect(exports).toEqual([]);
        process.stderr.write(`csi-sanity, ${what}: ${passed} passed\n`);
      }
    },
    LIMIT_MS * REPEAT,
  );
});
