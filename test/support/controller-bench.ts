import type { DescMessage, DescMethod, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import { readHandlebars } from '../../driver/src/adapters/handlebars-template.ts';
import { HttpsTransport } from '../../driver/src/adapters/https-transport.ts';
import { systemClock } from '../../driver/src/adapters/system-clock.ts';
import { flashArrayFactory } from '../../driver/src/backends/flasharray/flasharray-backend.ts';
import { controllerService } from '../../driver/src/csi/controller-service.ts';
import { groupControllerService } from '../../driver/src/csi/group-controller-service.ts';
import type { UnaryCall, UnaryHandlers } from '../../driver/src/csi/grpc-service.ts';
import type { SanType } from '../../driver/src/domain/array.ts';
import type { ChapKeySource } from '../../driver/src/domain/chap.ts';
import { PsoError } from '../../driver/src/domain/errors.ts';
import { Controller, GroupController } from '../../driver/src/gen/csi_pb.js';
import { silentLogger } from '../../driver/src/lib/logger.ts';
import { seededRandom } from '../../driver/src/lib/random.ts';
import { Fleet } from '../../driver/src/orchestrator/fleet.ts';
import { Orchestrator } from '../../driver/src/orchestrator/orchestrator.ts';
import type { PartialReport } from '../../driver/src/orchestrator/requests.ts';
import { Reservations } from '../../driver/src/orchestrator/reservations.ts';
import { DEFAULT_POLICY } from '../../driver/src/placement/framework.ts';
import type { RunningArray, RunningFleet } from '../simulator/fleet.ts';
import { eventually } from './eventually.ts';
import { startFleet } from '../simulator/fleet.ts';
import type { ScenarioInput } from '../simulator/scenario.ts';

export interface ControllerBench {
  readonly arrays: RunningFleet;
  readonly fleet: Fleet;
  readonly orchestrator: Orchestrator;
  readonly controller: UnaryHandlers<typeof Controller> & UnaryHandlers<typeof GroupController>;
  /** Another process of the driver on the same arrays. */
  restart(change?: Partial<Wiring>): Promise<ControllerBench>;
  /** What it said of volumes that are connected to one of their arrays only. */
  readonly said: PartialReport[];
  /** When each array answers again. */
  eventuallyAnswers(): Promise<void>;
  /** Calls since the last time, all arrays, polls and sessions apart: `a1 POST /volumes`. */
  calls(): readonly string[];
  close(): Promise<void>;
}

/** How the driver is set up. */
export interface Wiring {
  readonly sanType: SanType;
  /** Arrays with a protocol of their own, by name. */
  readonly ownSanTypes?: Readonly<Record<string, SanType>>;
  readonly chapKey: ChapKeySource | null;
  /** For so long after its start it asks whether a name is there already. */
  readonly doubtMs?: number;
  /** Of all PersistentVolumes. */
  readonly volumeIds?: readonly string[];
}

export const CLUSTER = 'k8s';

const call = (): UnaryCall => ({
  requestId: 'r1',
  remainingMs: 20_000,
  signal: new AbortController().signal,
});

type Methods = (typeof Controller)['method'] & (typeof GroupController)['method'];
const METHODS: Methods = { ...Controller.method, ...GroupController.method };

/** A call of the Controller or GroupController service. */
export async function ask<Name extends keyof Methods>(
  { controller }: Pick<ControllerBench, 'controller'>,
  name: Name,
  request: MessageInitShape<Methods[Name]['input']>,
): Promise<MessageShape<Methods[Name]['output']>> {
  const { input, output }: DescMethod = METHODS[name];
  const handler = controller[name] as unknown as (
    request: MessageShape<DescMessage>,
    call: UnaryCall,
  ) => Promise<MessageInitShape<DescMessage>>;
  const answer = await handler(create(input, request), call());
  return create(output, answer) as MessageShape<Methods[Name]['output']>;
}

export async function refusal(promise: Promise<unknown>): Promise<PsoError> {
  const outcome = await promise.catch((error: unknown) => error);
  if (outcome instanceof PsoError) return outcome;
  throw new Error(`expected a PsoError, got ${String(outcome)}`);
}

async function open(arrays: RunningFleet, wiring: Wiring): Promise<ControllerBench> {
  const { sanType, ownSanTypes = {}, chapKey, doubtMs = 0, volumeIds } = wiring;
  const said: PartialReport[] = [];
  const fleet = new Fleet({
    clock: systemClock,
    logger: silentLogger,
    pollMs: 600_000,
    makeBackend: flashArrayFactory({
      clock: systemClock,
      random: seededRandom(1),
      transportFactory: given => new HttpsTransport(given),
      userAgent: 'pure-pso/test',
      chapKey,
    }),
  });
  fleet.configure(
    arrays.arrays.map(array => ({ ...connectionOf(array), sanType: ownSanTypes[array.name] ?? sanType })),
  );
  await reached(fleet, arrays);
  const orchestrator = new Orchestrator({
    clock: systemClock,
    random: seededRandom(1),
    fleet,
    reservations: new Reservations(systemClock),
    clusterId: CLUSTER,
    policy: DEFAULT_POLICY,
    doubt: { windowMs: doubtMs, gapMs: 10_000 },
    volumeIds: () => volumeIds ?? null,
    protocols: [sanType],
    ledger: { hasSnapshots: () => undefined },
    readTemplate: readHandlebars,
    onPlacement: () => undefined,
    onPartial: report => void said.push(report),
  });
  const seen = new Map(arrays.arrays.map(array => [array.name, array.requestLog.entries().length]));
  return {
    arrays,
    fleet,
    orchestrator,
    controller: {
      ...controllerService(orchestrator, systemClock),
      ...groupControllerService(orchestrator, systemClock),
    },
    said,
    eventuallyAnswers: () => allAnswer(fleet),
    restart: change => open(arrays, { ...wiring, ...change }),
    calls: () => arrays.arrays.flatMap(array => newCalls(array, seen)),
    close: () => fleet.close(),
  };
}

/** A busy machine may miss the first poll; an array that is down, or sick by a test's will, is not waited for for ever. */
export async function reached(fleet: Fleet, { arrays }: RunningFleet): Promise<void> {
  await fleet.whenAsked(10_000);
  const expected = arrays.filter(({ array }) => !array.isDown);
  const isReached = () => expected.every(({ endpoint }) => fleet.member(endpoint)?.silentSinceMs === null);
  await eventually('the arrays are reached', 30_000, () => Promise.resolve(isReached())).catch(() => undefined);
}

async function allAnswer(fleet: Fleet): Promise<void> {
  for (const { backend } of fleet.members()) {
    await eventually('the array answers', 30_000, async () => {
      const { signal } = new AbortController();
      return backend.observe({ requestId: 'r1', deadlineMs: systemClock.nowMs() + 5000, signal }).then(() => true);
    });
  }
}

const connectionOf = (array: RunningArray) => ({
  endpoint: array.endpoint,
  kind: 'flasharray' as const,
  labels: array.labels,
  cordoned: false,
  apiToken: array.apiToken,
  caBundle: array.caCertificate,
  certificateSha256: null,
  verifyTls: true,
  iscsiAllowedCidrs: [],
  nfsEndpoint: null,
});

function newCalls(array: RunningArray, seen: Map<string, number>): readonly string[] {
  const entries = array.requestLog.entries();
  const fresh = entries.slice(seen.get(array.name) ?? 0);
  seen.set(array.name, entries.length);
  return fresh
    .map(({ method, url }) => `${array.name} ${method} ${decodeURIComponent(url.replace(/^\/api\/(2\.\d+)?/, ''))}`)
    .filter(line => !/api_version|\/log(in|out)/.test(line));
}

/** The controller's CSI service over simulated FlashArrays `a1`, `a2`…, by HTTPS. */
export async function startBench(
  count: number,
  more: object = {},
  wiring: Partial<Wiring> = {},
  links: ScenarioInput['links'] = [],
): Promise<ControllerBench> {
  const names = Array.from({ length: count }, (_, index) => `a${index + 1}`);
  const arrays = await startFleet({
    arrays: names.map(name => ({ name, size: '20Ti', fill: 0.3, load: 0.2, labels: { site: name }, ...more })),
    links,
  });
  const bench = await open(arrays, { sanType: 'iscsi', chapKey: null, ...wiring });
  return {
    ...bench,
    close: async () => {
      await bench.close();
      await arrays.close();
    },
  };
}

/** What an administrator does by hand: one call of the array's own API. */
export async function byHand(running: RunningArray, method: string, path: string, body: object = {}): Promise<void> {
  const { core } = running.array;
  const base = `/api/${core.settings.versions.at(-1) ?? ''}`;
  const login = await core.handle({
    method: 'POST',
    url: `${base}/login`,
    headers: { 'api-token': running.apiToken },
    body: '',
  });
  const answer = await core.handle({
    method,
    url: `${base}${path}`,
    headers: { 'x-auth-token': login.headers['x-auth-token'] },
    body: method === 'GET' ? '' : JSON.stringify(body),
  });
  if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
}
