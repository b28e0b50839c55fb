import { afterEach, describe, expect, it } from '@jest/globals';
import type { GrpcServer } from '../../driver/src/csi/grpc-server.ts';
import type { RunningFleet } from '../simulator/fleet.ts';
import { startFleet } from '../simulator/fleet.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { startController } from '../support/controller-process.ts';
import { ensure } from '../tools/ensure.ts';
import { csiSanity } from '../tools/go-tools.ts';
import { runControllerSanity, startNodeStub } from './sanity.ts';

let fleet: RunningFleet | null = null;
let controller: ControllerProcess | null = null;
let node: GrpcServer | null = null;

afterEach(async () => {
  await node?.stop(1000);
  await controller?.stop();
  await fleet?.close();
  [fleet, controller, node] = [null, null, null];
});

const LIMIT_MS = 600_000;
/** Cases of csi-test 5.5 that need no node; fewer would mean that something is skipped. */
const CASES = 60;

/** Cases that one text of `impossible` names. */
const MAX_CASES_EACH = 2;

const FLASH_ARRAY = { size: '20Ti', fill: 0.3, load: 0.2 };
/** Older REST versions tell no numbers of namespaces: refused, as test/contract/san-protocols.test.ts shows. */
const OVER_NVME = { ...FLASH_ARRAY, protocols: ['nvme-tcp' as const] };
const OVER_FC = { ...FLASH_ARRAY, protocols: ['fc' as const] };
const FLASH_BLADE = { ...FLASH_ARRAY, kind: 'flashblade' } as const;
const CLOUD = { ...FLASH_ARRAY, size: '10Ti', model: 'CBS-V10MP2R2' };

/** What an older FlashBlade has no call for; the driver refuses it with a sentence, as its contract tests show. */
const COPIES = ['from an existing source snapshot', 'from an existing source volume'];
const QOS = ['create volume with a volume attribute class', 'modify a volume created'];

describe('csi-sanity', () => {
  it.each([
    ['block', 'FlashArray', '2.4', FLASH_ARRAY, []],
    ['mount', 'FlashArray', '2.26', FLASH_ARRAY, []],
    ['mount', 'FlashArray', '2.44', FLASH_ARRAY, []],
    ['mount', 'FlashArray by NVMe/TCP', '2.27', OVER_NVME, []],
    ['block', 'FlashArray by NVMe/TCP', '2.36', OVER_NVME, []],
    ['mount', 'FlashArray by NVMe/TCP', '2.44', OVER_NVME, []],
    ['mount', 'FlashArray by Fibre Channel', '2.4', OVER_FC, []],
    ['block', 'FlashArray by Fibre Channel', '2.44', OVER_FC, []],
    ['mount', 'FlashBlade', '2.3', FLASH_BLADE, [...COPIES, ...QOS]],
    ['mount', 'FlashBlade', '2.17', FLASH_BLADE, COPIES],
    ['mount', 'FlashBlade', '2.28', FLASH_BLADE, []],
    ['mount', 'Cloud Block Store', '2.4', CLOUD, []],
    ['block', 'Cloud Block Store', '2.26', CLOUD, []],
    ['mount', 'Cloud Block Store', '2.44', CLOUD, []],
  ] as const)(
    'passes against the controller (%s volumes, %s, REST %s)',
    async (accessType, _family, restVersion, array, impossible) => {
      fleet = await startFleet({ arrays: ['a1', 'a2'].map(name => ({ ...array, name, restVersion })) });
      const backend = 'kind' in array ? 'file' : 'block';
      const [sanType] = 'protocols' in array ? array.protocols : ['iscsi' as const];
      const settings = { clusterID: 'sanity', sanType };
      controller = await startController([...fleet.arrays, ...fleet.blades], { settings });
      const nodeEndpoint = `unix://${controller.dir}/node.sock`;
      node = await startNodeStub(nodeEndpoint);
      const result = await runControllerSanity({
        binary: process.env.CSI_SANITY ?? `${await ensure(csiSanity)}/csi-sanity`,
        dir: controller.dir,
        controllerEndpoint: controller.csiEndpoint,
        nodeEndpoint,
        accessType,
        backend,
        impossible,
      });
      expect(result.failed === 0 ? '' : result.output).toBe('');
      expect(result.passed).toBeGreaterThanOrEqual(CASES - MAX_CASES_EACH * impossible.length);
    },
    LIMIT_MS,
  );
});
