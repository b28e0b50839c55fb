import type { Faults } from './faults.ts';
import { versionsUpTo } from './common/api-facts.ts';
import { PUBLISHED_VERSIONS } from './flasharray/api-facts.ts';
import type { DataPlane } from './flasharray/data-plane.ts';
import type { FileDataPlane } from './flashblade/data-plane.ts';
import { createBlade } from './blade.ts';
import { ArrayNetwork } from './flasharray/array-network.ts';
import { completeSettings } from './flasharray/settings.ts';
import type { GivenSettings, Portal, Settings, Token } from './flasharray/settings.ts';
import { SimClock } from './common/sim-clock.ts';
import { preload, preloadBlade } from './preload.ts';
import type { RequestLog } from './request-log.ts';
import type { Scenario, ScenarioArray, ScenarioBlade, ScenarioInput } from './scenario.ts';
import { loadScenario, parseScenario } from './scenario.ts';
import { issueCertificate } from './server/certificate.ts';
import type { ServerCertificate } from './server/certificate.ts';
import { ArrayServer } from './server/https-server.ts';
import type { Served } from './server/https-server.ts';
import type { Core, Simulated } from './simulated.ts';
import { connectArrays } from './connect-arrays.ts';
import { SimulatedArray } from './simulated-array.ts';
import type { SimulatedBlade } from './simulated-blade.ts';

const DAY_MS = 86_400_000;

export interface FleetOptions {
  /** Where to listen; 127.0.0.1. */
  readonly host?: string;
  /** First of consecutive ports; 0 (default): any free ones. */
  readonly basePort?: number;
  readonly clock?: SimClock;
  readonly dataPlane?: DataPlane;
  readonly fileDataPlane?: FileDataPlane;
  /** More names and addresses for the certificates than `host`, `localhost` and `127.0.0.1`. */
  readonly subjectAltNames?: readonly string[];
  /** Arrays whose certificate ran out yesterday. */
  readonly expiredCertificates?: readonly string[];
  /** Keep answers unchecked (benches); by default each is checked and `close()` throws when one was wrong. */
  readonly validates?: boolean;
}

/** An array that is served, of whichever family. */
export interface Running {
  readonly name: string;
  /** `host:port`. */
  readonly endpoint: string;
  readonly apiToken: string;
  readonly readonlyToken: string;
  /** PEM of the authority to trust. */
  readonly caCertificate: string;
  /** Hex. */
  readonly certificateSha256: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly faults: Faults;
  readonly requestLog: RequestLog;
  /** Calls by method and resource, e.g. `POST volumes`. */
  readonly counters: ReadonlyMap<string, number>;
}

/** A FlashArray or Cloud Block Store. */
export interface RunningArray extends Running {
  /** State, to look into and to change. */
  readonly array: SimulatedArray;
}

export interface RunningBlade extends Running {
  readonly blade: SimulatedBlade;
  /** Data VIP: where clients mount. */
  readonly dataAddress: string;
}

export interface RunningFleet {
  readonly clock: SimClock;
  /** FlashArrays and Cloud Block Stores. */
  readonly arrays: readonly RunningArray[];
  readonly blades: readonly RunningBlade[];
  /** A FlashArray or Cloud Block Store; throws when there is none. */
  find(name: string): RunningArray;
  /** Throws when there is none. */
  findBlade(name: string): RunningBlade;
  /** Stops the servers. Throws when an answer was not as the vendor's API description says. */
  close(): Promise<void>;
}

/** A scenario's array in memory, for simulations without sockets. */
export function createArray(
  given: ScenarioArray,
  scenario: Pick<Scenario, 'latencyMs' | 'faults'>,
  options: {
    readonly clock: SimClock;
    readonly dataPlane?: DataPlane;
    readonly validates?: boolean;
    readonly network?: ArrayNetwork;
  },
): SimulatedArray {
  const array = new SimulatedArray(settingsOf(given), { ...options, latencyMs: given.latencyMs ?? scenario.latencyMs });
  array.isDown = given.isDown;
  for (const { array: name, ...rule } of scenario.faults) {
    if (name === undefined || name.toLowerCase() === given.name.toLowerCase()) array.faults.add(rule);
  }
  return array;
}

function settingsOf(given: ScenarioArray): Settings {
  const optional: Partial<Settings> = {
    ...(given.maxIops === undefined ? {} : { maxIops: given.maxIops }),
    ...(given.volumeIops === undefined ? {} : { volumeIops: given.volumeIops }),
    ...(given.model === undefined ? {} : { model: given.model }),
    tags: given.labels,
    ...(given.seed === undefined ? {} : { seed: given.seed }),
    ...(given.protocols === undefined ? {} : { protocols: given.protocols }),
    ...(given.portals === undefined ? {} : { portals: given.portals.map(portalOf) }),
    ...(given.restVersion === undefined ? {} : { versions: versionsUpTo(given.restVersion, PUBLISHED_VERSIONS) }),
  };
  const settings: GivenSettings = {
    name: given.name,
    capacityBytes: given.size,
    fill: given.fill,
    load: given.load,
    ...(given.cloud === undefined ? {} : { cloud: given.cloud }),
    ...optional,
  };
  const complete = completeSettings(settings, PUBLISHED_VERSIONS);
  const tokens = complete.tokens.map(one => ({
    ...one,
    token: (one.role === 'admin' ? given.token : given.readonlyToken) ?? one.token,
  }));
  return { ...complete, tokens };
}

function portalOf(text: string, index: number): Portal {
  const end = text.lastIndexOf(':');
  const address = text.slice(0, end).replaceAll(/[[\]]/g, '');
  return { port: `CT${index % 2}.ETH${4 + Math.floor(index / 2)}`, address, tcpPort: Number(text.slice(end + 1)) };
}

/**
 * Starts one HTTPS server for each array of a scenario (a value, or a YAML file): FlashArrays first, then FlashBlades,
 * each in the scenario's order.
 */
export async function startFleet(
  scenario: ScenarioInput | Scenario | string,
  options: FleetOptions = {},
): Promise<RunningFleet> {
  const parsed = parsedScenario(scenario);
  const clock = options.clock ?? SimClock.real();
  const servers: ArrayServer[] = [];
  const serve = async (name: string, array: Served): Promise<Place> => {
    const certificate = certificateFor(name, options);
    const server = new ArrayServer(array, certificate);
    const basePort = options.basePort ?? 0;
    const port = basePort === 0 ? 0 : basePort + servers.length;
    const endpoint = await server.listen({ host: options.host ?? '127.0.0.1', port });
    servers.push(server);
    return { endpoint, certificate };
  };
  const common = { clock, validates: options.validates ?? true };
  const network = new ArrayNetwork();
  const arrays: RunningArray[] = [];
  const blades: RunningBlade[] = [];
  try {
    for (const given of parsed.arrays) {
      const { dataPlane } = options;
      const array = createArray(given, parsed, {
        ...common,
        network,
        ...(dataPlane === undefined ? {} : { dataPlane }),
      });
      await array.core.prepare();
      await preload(array, given.volumes);
      arrays.push(runningArray(array, given, await serve(given.name, array)));
    }
    connectArrays(network, parsed);
    for (const given of parsed.blades) {
      const { fileDataPlane } = options;
      const blade = createBlade(given, parsed, {
        ...common,
        ...(fileDataPlane === undefined ? {} : { fileDataPlane }),
      });
      await blade.core.prepare();
      await preloadBlade(blade, given.fileSystems);
      blades.push(runningBlade(blade, given, await serve(given.name, blade)));
    }
  } catch (error) {
    await Promise.all(servers.map(server => server.close()));
    throw error;
  }
  return {
    clock,
    arrays,
    blades,
    find: name => arrays.find(array => array.name === name) ?? fail(`The fleet has no array ${JSON.stringify(name)}.`),
    findBlade: name =>
      blades.find(blade => blade.name === name) ?? fail(`The fleet has no FlashBlade ${JSON.stringify(name)}.`),
    close: async () => {
      await Promise.all(servers.map(server => server.close()));
      const violations = [
        ...arrays.flatMap(({ array }) => array.violations),
        ...blades.flatMap(({ blade }) => blade.violations),
      ];
      if (violations.length > 0) fail(`The simulator gave wrong answers:\n${violations.slice(0, 20).join('\n')}`);
    },
  };
}

function parsedScenario(scenario: ScenarioInput | Scenario | string): Scenario {
  if (typeof scenario === 'string') return loadScenario(scenario);
  return 'blades' in scenario ? scenario : parseScenario(scenario);
}

/** Where an array is served. */
interface Place {
  readonly endpoint: string;
  readonly certificate: ServerCertificate;
}

function fail(message: string): never {
  throw new Error(message);
}

function certificateFor(name: string, options: FleetOptions): ServerCertificate {
  const isExpired = options.expiredCertificates?.includes(name) === true;
  const now = Date.now();
  return issueCertificate({
    commonName: name,
    subjectAltNames: [
      ...new Set(['localhost', '127.0.0.1', options.host ?? '127.0.0.1', ...(options.subjectAltNames ?? [])]),
    ],
    validFrom: new Date(now - 30 * DAY_MS),
    validTo: new Date(isExpired ? now - DAY_MS : now + 365 * DAY_MS),
  });
}

function running(
  { core, faults, log }: Simulated<Core & { readonly settings: { readonly tokens: readonly Token[] } }>,
  labels: Readonly<Record<string, string>>,
  { endpoint, certificate }: Place,
): Running {
  const tokenOf = (role: string): string => core.settings.tokens.find(token => token.role === role)?.token ?? '';
  return {
    name: core.settings.name,
    endpoint,
    apiToken: tokenOf('admin'),
    readonlyToken: tokenOf('readonly'),
    caCertificate: certificate.caCertificate,
    certificateSha256: certificate.sha256,
    labels,
    faults,
    requestLog: log,
    counters: log.counters,
  };
}

function runningArray(array: SimulatedArray, given: ScenarioArray, place: Place): RunningArray {
  const labels = { ...(given.cloud === undefined ? {} : placeOf(array)), ...given.labels };
  return { ...running(array, labels, place), array };
}

function runningBlade(blade: SimulatedBlade, given: ScenarioBlade, place: Place): RunningBlade {
  return { ...running(blade, given.labels, place), blade, dataAddress: blade.core.settings.dataAddress };
}

/** Kubernetes' well-known labels of the place that a Cloud Block Store runs in; only where the scenario names it. */
function placeOf({ core }: SimulatedArray): Record<string, string> {
  const { cloud } = core.settings;
  if (cloud === null) return {};
  const region = { 'topology.kubernetes.io/region': cloud.region };
  return cloud.zone === null ? region : { ...region, 'topology.kubernetes.io/zone': cloud.zone };
}
