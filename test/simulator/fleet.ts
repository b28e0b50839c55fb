import type { Faults } from './faults.ts';
import { minorOf } from './common/api-facts.ts';
import { PUBLISHED_VERSIONS } from './flasharray/api-facts.ts';
import type { DataPlane } from './flasharray/data-plane.ts';
import { completeSettings } from './flasharray/settings.ts';
import type { GivenSettings, Portal, Settings } from './flasharray/settings.ts';
import { SimClock } from './common/sim-clock.ts';
import { preload } from './preload.ts';
import type { RequestLog } from './request-log.ts';
import type { Scenario, ScenarioArray, ScenarioInput } from './scenario.ts';
import { loadScenario, parseScenario } from './scenario.ts';
import { issueCertificate } from './server/certificate.ts';
import type { ServerCertificate } from './server/certificate.ts';
import { ArrayServer } from './server/https-server.ts';
import { SimulatedArray } from './simulated-array.ts';

const DAY_MS = 86_400_000;

export interface FleetOptions {
  /** Where to listen; 127.0.0.1. */
  readonly host?: string;
  /** First of consecutive ports; 0 (default): any free ones. */
  readonly basePort?: number;
  readonly clock?: SimClock;
  readonly dataPlane?: DataPlane;
  /** More names and addresses for the certificates than `host`, `localhost` and `127.0.0.1`. */
  readonly subjectAltNames?: readonly string[];
  /** Arrays whose certificate ran out yesterday. */
  readonly expiredCertificates?: readonly string[];
  /** Keep answers unchecked (benches); by default each is checked and `close()` throws when one was wrong. */
  readonly validates?: boolean;
}

export interface RunningArray {
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
  /** State, to look into and to change. */
  readonly array: SimulatedArray;
  readonly faults: Faults;
  readonly requestLog: RequestLog;
  /** Calls by method and resource, e.g. `POST volumes`. */
  readonly counters: ReadonlyMap<string, number>;
}

export interface RunningFleet {
  readonly clock: SimClock;
  readonly arrays: readonly RunningArray[];
  /** Throws when there is none. */
  find(name: string): RunningArray;
  /** Stops the servers. Throws when an answer was not as the vendor's API description says. */
  close(): Promise<void>;
}

/** A scenario's array in memory, for simulations without sockets. */
export function createArray(
  given: ScenarioArray,
  scenario: Pick<Scenario, 'latencyMs' | 'faults'>,
  options: { readonly clock: SimClock; readonly dataPlane?: DataPlane; readonly validates?: boolean },
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
    ...(given.restVersion === undefined ? {} : { versions: versionsUpTo(given.restVersion) }),
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

function versionsUpTo(newest: string): string[] {
  return PUBLISHED_VERSIONS.filter(version => minorOf(version) <= minorOf(newest));
}

/** Starts one HTTPS server for each array of a scenario (a value, or a YAML file). */
export async function startFleet(scenario: ScenarioInput | string, options: FleetOptions = {}): Promise<RunningFleet> {
  const parsed = typeof scenario === 'string' ? loadScenario(scenario) : parseScenario(scenario);
  const clock = options.clock ?? SimClock.real();
  const servers: ArrayServer[] = [];
  const arrays: RunningArray[] = [];
  try {
    for (const [index, given] of parsed.arrays.entries()) {
      const array = createArray(given, parsed, {
        clock,
        validates: options.validates ?? true,
        ...(options.dataPlane === undefined ? {} : { dataPlane: options.dataPlane }),
      });
      await array.core.prepare();
      await preload(array, given.volumes);
      const certificate = certificateFor(given.name, options);
      const server = new ArrayServer(array, certificate);
      const basePort = options.basePort ?? 0;
      const endpoint = await server.listen({
        host: options.host ?? '127.0.0.1',
        port: basePort === 0 ? 0 : basePort + index,
      });
      servers.push(server);
      arrays.push(running(array, given, endpoint, certificate));
    }
  } catch (error) {
    await Promise.all(servers.map(server => server.close()));
    throw error;
  }
  return {
    clock,
    arrays,
    find: name => arrays.find(array => array.name === name) ?? fail(`The fleet has no array ${JSON.stringify(name)}.`),
    close: async () => {
      await Promise.all(servers.map(server => server.close()));
      const violations = arrays.flatMap(({ array }) => array.violations);
      if (violations.length > 0) fail(`The simulator gave wrong answers:\n${violations.slice(0, 20).join('\n')}`);
    },
  };
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
  array: SimulatedArray,
  given: ScenarioArray,
  endpoint: string,
  certificate: ServerCertificate,
): RunningArray {
  const { tokens } = array.core.settings;
  const tokenOf = (role: string): string => tokens.find(token => token.role === role)?.token ?? '';
  return {
    name: array.name,
    endpoint,
    apiToken: tokenOf('admin'),
    readonlyToken: tokenOf('readonly'),
    caCertificate: certificate.caCertificate,
    certificateSha256: certificate.sha256,
    labels: { ...(given.cloud === undefined ? {} : placeOf(array)), ...given.labels },
    array,
    faults: array.faults,
    requestLog: array.log,
    counters: array.log.counters,
  };
}

/** Kubernetes' well-known labels of the place that a Cloud Block Store runs in; only where the scenario names it. */
function placeOf({ core }: SimulatedArray): Record<string, string> {
  const { cloud } = core.settings;
  if (cloud === null) return {};
  const region = { 'topology.kubernetes.io/region': cloud.region };
  return cloud.zone === null ? region : { ...region, 'topology.kubernetes.io/zone': cloud.zone };
}
