import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HttpsTransport } from '../../driver/src/adapters/https-transport.ts';
import { systemClock } from '../../driver/src/adapters/system-clock.ts';
import { flashArrayFactory } from '../../driver/src/backends/flasharray/flasharray-backend.ts';
import { controllerService } from '../../driver/src/csi/controller-service.ts';
import { GiB } from '../../driver/src/domain/bytes.ts';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../driver/src/gen/csi_pb.js';
import { silentLogger } from '../../driver/src/lib/logger.ts';
import { seededRandom } from '../../driver/src/lib/random.ts';
import { Fleet } from '../../driver/src/orchestrator/fleet.ts';
import { Orchestrator } from '../../driver/src/orchestrator/orchestrator.ts';
import { Reservations } from '../../driver/src/orchestrator/reservations.ts';
import { WhatIf } from '../../driver/src/orchestrator/what-if.ts';
import { DEFAULT_POLICY } from '../../driver/src/placement/framework.ts';
import { readQuestion } from '../../driver/src/preview/read-question.ts';
import type { RunningFleet } from '../simulator/fleet.ts';
import { startFleet } from '../simulator/fleet.ts';
import { ask, reached } from '../support/controller-bench.ts';

const CLAIMS = 4;
const SITES = ['a1', 'a2', 'a3', 'a4'];

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Claims {
  readonly parameters: Record<string, string>;
  readonly gibibytes: number;
  readonly seed: number;
}

const claimsOfAnyClass: fc.Arbitrary<Claims> = fc.record({
  parameters: fc.constantFrom<Record<string, string>>(
    {},
    { arraySelector: 'site!=a2' },
    { arraySelector: 'site in (a2,a4)', iops_limit: '1000' },
    { preferredArrays: 'site=a3' },
    { arraySelector: 'site=a1' },
  ),
  gibibytes: fc.integer({ min: 1, max: 500 }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

async function connectedFleet(arrays: RunningFleet): Promise<Fleet> {
  const makeBackend = flashArrayFactory({
    clock: systemClock,
    random: seededRandom(1),
    transportFactory: given => new HttpsTransport(given),
    userAgent: 'pure-pso/test',
  });
  const fleet = new Fleet({ clock: systemClock, logger: silentLogger, makeBackend, pollMs: 600_000 });
  closers.push(() => fleet.close());
  fleet.configure(
    arrays.arrays.map(({ endpoint, labels, apiToken, caCertificate }) => ({
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
    })),
  );
  await reached(fleet, arrays);
  return fleet;
}

/** A process that draws from a seed, and what it would say beforehand. */
function startDriver(fleet: Fleet, seed: number) {
  const deciding = {
    clock: systemClock,
    random: seededRandom(seed),
    fleet,
    reservations: new Reservations(systemClock),
    policy: DEFAULT_POLICY,
    protocols: ['iscsi'] as const,
  };
  const orchestrator = new Orchestrator({
    ...deciding,
    clusterId: 'k8s',
    doubt: { windowMs: 0, gapMs: 10_000 },
    ledger: { hasSnapshots: () => undefined },
    onPlacement: () => undefined,
  });
  return { whatIf: new WhatIf(deciding), controller: controllerService(orchestrator, systemClock) };
}

/** Endpoints of the arrays that then hold the volumes, in the order in which those were asked for. */
async function createAll(
  arrays: RunningFleet,
  driver: { readonly controller: ReturnType<typeof controllerService> },
  { parameters, gibibytes }: Claims,
  turn: number,
): Promise<readonly string[]> {
  const holders = [];
  for (let index = 0; index < CLAIMS; index += 1) {
    const { volume } = await ask(driver as Parameters<typeof ask>[0], 'createVolume', {
      name: `pvc-${turn}-${index}`,
      parameters,
      capacityRange: { requiredBytes: BigInt(gibibytes * GiB) },
      volumeCapabilities: [{ accessType: { case: 'mount', value: {} }, accessMode: { mode: Mode.SINGLE_NODE_WRITER } }],
    });
    const name = (volume?.volumeId ?? '').split('/')[1] ?? '';
    const holder = arrays.arrays.find(({ array }) => array.liveVolumes().some(live => live.name === name));
    holders.push(holder?.endpoint ?? 'none');
  }
  return holders;
}

describe('a preview', () => {
  it('names the arrays on which CreateVolume then makes the volumes, whatever the seed', async () => {
    const arrays = await startFleet({
      arrays: SITES.map(name => ({ name, size: '20Ti', fill: 0.3, load: 0.2, labels: { site: name } })),
    });
    closers.push(() => arrays.close());
    const fleet = await connectedFleet(arrays);
    const chosen = new Set<string | null>();
    let turn = 0;
    await fc.assert(
      fc.asyncProperty(claimsOfAnyClass, async claims => {
        const { parameters, gibibytes, seed } = claims;
        const driver = startDriver(fleet, seed);
        const question = { parameters, sizeBytes: gibibytes * GiB, count: CLAIMS, seed };
        const told = await driver.whatIf.ask(readQuestion(JSON.stringify(question)));
        const endpoints = told.claims.map(claim => claim.chosen);
        for (const endpoint of endpoints) chosen.add(endpoint);
        expect(await createAll(arrays, driver, claims, (turn += 1))).toEqual(endpoints);
      }),
      { numRuns: 25 },
    );
    expect(chosen.size).toBe(SITES.length);
  });
});
