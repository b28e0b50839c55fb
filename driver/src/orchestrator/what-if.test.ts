import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GiB, TiB } from '../domain/bytes.ts';
import { silentLogger } from '../lib/logger.ts';
import { ManualClock } from '../lib/manual-clock.ts';
import { seededRandom } from '../lib/random.ts';
import { DEFAULT_POLICY } from '../placement/framework.ts';
import { Fleet } from './fleet.ts';
import { Orchestrator } from './orchestrator.ts';
import { parseClassParameters } from './parameters.ts';
import { Reservations } from './reservations.ts';
import { arrayId, connection, request } from './testing/bench.ts';
import { MemoryBackend } from './testing/memory-backend.ts';
import { WhatIf } from './what-if.ts';
import type { ImaginedArray, WhatIfQuestion } from './what-if.ts';

const question = (changes: Partial<WhatIfQuestion> = {}): WhatIfQuestion => ({
  parameters: parseClassParameters({}, {}),
  sizeBytes: 10 * GiB,
  count: 1,
  topology: { requisite: [], preferred: [] },
  seed: 7,
  imagined: null,
  ...changes,
});

const imagined = (endpoint: string, changes: Partial<ImaginedArray> = {}): ImaginedArray => ({
  endpoint,
  name: endpoint,
  kind: 'flasharray',
  labels: {},
  cordoned: false,
  trouble: null,
  capacity: { totalBytes: 100 * TiB, usedBytes: 10 * TiB, provisionedBytes: null },
  load: null,
  protocols: null,
  supportsQos: true,
  ...changes,
});

/** A fleet of arrays of 100 TiB, `used` TiB of each in use, and the two that look at it. */
async function setUp(used: readonly number[], seed = 7) {
  const clock = new ManualClock(1000);
  const backends = used.map((tebibytes, index) => {
    const backend = new MemoryBackend(connection(`array-${index}`), arrayId(index), `a${index}`);
    backend.usedBytes = tebibytes * TiB;
    return backend;
  });
  const known = new Map(backends.map(backend => [backend.settings.endpoint, backend]));
  const makeBackend = ({ endpoint }: { endpoint: string }) => known.get(endpoint) ?? new MemoryBackend(connection(endpoint), arrayId(9), 'a9'); // prettier-ignore
  const fleet = new Fleet({ clock, logger: silentLogger, makeBackend, pollMs: 60_000 });
  fleet.configure(backends.map(({ settings }) => connection(settings.endpoint)));
  await fleet.whenAsked(1);
  const deciding = {
    clock,
    random: seededRandom(seed),
    fleet,
    reservations: new Reservations(clock),
    policy: { ...DEFAULT_POLICY, maxDataAgeMs: Infinity },
    protocols: ['iscsi'] as const,
  };
  const orchestrator = new Orchestrator({
    ...deciding,
    clusterId: 'k8s',
    doubt: { windowMs: 0, gapMs: 10_000 },
    ledger: { hasSnapshots: () => undefined },
    onPlacement: () => undefined,
  });
  const create = async (name: string, sizeBytes: number): Promise<string> => {
    const call = { requestId: 't', deadlineMs: clock.nowMs() + 30_000, signal: new AbortController().signal };
    const { volume } = await orchestrator.createVolume(request(name, { requiredBytes: sizeBytes }), call);
    return `array-${backends.findIndex((_, index) => arrayId(index) === volume.handle.arrayId)}`;
  };
  return { backends, create, deciding, whatIf: new WhatIf({ ...deciding, random: () => 0.25 }) };
}

describe('what-if', () => {
  it('says where CreateVolume then puts each volume, given the same draws', async () => {
    const fills = fc.array(fc.integer({ min: 0, max: 85 }), { minLength: 1, maxLength: 6 });
    const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    await fc.assert(
      fc.asyncProperty(fills, seeds, fc.integer({ min: 1, max: 1000 }), async (used, seed, gibibytes) => {
        const { whatIf, create } = await setUp(used, seed);
        const sizeBytes = gibibytes * GiB;
        const { claims } = await whatIf.ask(question({ sizeBytes, count: 5, seed }));
        const made = [];
        for (let index = 0; index < 5; index += 1) made.push(await create(`pvc-${index}`, sizeBytes));
        expect(made).toEqual(claims.map(({ chosen }) => chosen));
      }),
    );
  });

  it('knows what real claims reserved, and reserves nothing itself', async () => {
    const { whatIf, create, deciding, backends } = await setUp([10]);
    await create('pvc-1', 10 * TiB);
    const before = deciding.reservations.sums();
    const callsBefore = backends.flatMap(({ calls }) => calls);
    const { arrays, claims } = await whatIf.ask(question({ count: 100, sizeBytes: TiB }));
    expect(arrays[0]?.reserved).toEqual({ bytes: 5 * TiB, volumes: 1 });
    expect(claims).toHaveLength(100);
    expect(deciding.reservations.sums()).toEqual(before);
    expect(backends.flatMap(({ calls }) => calls)).toEqual(callsBefore);
  });

  it('asked again with the seed that it told, answers the same', async () => {
    const { whatIf } = await setUp([10, 10, 10, 10]);
    const first = await whatIf.ask(question({ count: 20, seed: null }));
    expect(first.seed).toBe(2 ** 30);
    expect(await whatIf.ask(question({ count: 20, seed: first.seed }))).toEqual(first);
    const other = await whatIf.ask(question({ count: 20, seed: 1 }));
    expect(other.claims.map(({ chosen }) => chosen)).not.toEqual(first.claims.map(({ chosen }) => chosen));
  });

  it('judges an imagined fleet and looks at no other', async () => {
    const { whatIf } = await setUp([10]);
    const fleet = [
      imagined('full', { capacity: { totalBytes: 100 * TiB, usedBytes: 95 * TiB, provisionedBytes: null } }),
      imagined('down', { trouble: 'It burns.' }),
      imagined('blade', { kind: 'flashblade' }),
      imagined('cloud', { kind: 'cloud-block-store', labels: { env: 'dev' } }),
    ];
    const parameters = parseClassParameters({ arraySelector: 'env=dev' }, {});
    const { claims, isImagined } = await whatIf.ask(question({ imagined: fleet }));
    expect(isImagined).toBe(true);
    expect(claims[0]).toMatchObject({ chosen: 'cloud' });
    expect(claims[0]?.candidates.map(({ endpoint, refusal, chance }) => [endpoint, refusal?.filter, chance])).toEqual([
      ['full', 'capacity', 0],
      ['down', 'health', 0],
      ['blade', 'kind', 0],
      ['cloud', undefined, 1],
    ]);
    const selected = await whatIf.ask(question({ imagined: fleet, parameters }));
    expect(selected.claims[0]?.candidates[0]?.refusal?.sentence).toBe('It has no label env, asked for: env=dev.');
  });

  it('gives an imagined FlashBlade to classes of files', async () => {
    const { whatIf } = await setUp([]);
    const parameters = parseClassParameters({ backend: 'file' }, {});
    const { claims } = await whatIf.ask(question({ parameters, imagined: [imagined('b', { kind: 'flashblade' })] }));
    expect(claims[0]?.chosen).toBe('b');
  });
});
