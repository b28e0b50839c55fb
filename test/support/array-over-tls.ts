import { systemClock } from '../../driver/src/adapters/system-clock.ts';
import { HttpsTransport } from '../../driver/src/adapters/https-transport.ts';
import type {
  ArrayConnection,
  ArrayBackend,
  CallContext,
  CreateVolumeSpec,
} from '../../driver/src/backends/backend.ts';
import { flashArrayFactory } from '../../driver/src/backends/flasharray/flasharray-backend.ts';
import { GiB } from '../../driver/src/domain/bytes.ts';
import { PsoError } from '../../driver/src/domain/errors.ts';
import { seededRandom } from '../../driver/src/lib/random.ts';
import type { GivenSettings } from '../simulator/flasharray/settings.ts';
import { SimClock } from '../simulator/common/sim-clock.ts';
import { issueCertificate } from '../simulator/server/certificate.ts';
import { ArrayServer } from '../simulator/server/https-server.ts';
import { SimulatedArray } from '../simulator/simulated-array.ts';

const DAY = 86_400_000;
const TOKEN = 'canary-3f9a-token';
export const CERTIFICATE = issueCertificate({
  commonName: 'array',
  subjectAltNames: ['127.0.0.1'],
  validFrom: new Date(Date.now() - DAY),
  validTo: new Date(Date.now() + DAY),
});
/** A day ago. */
export const EXPIRED = issueCertificate({
  commonName: 'array',
  subjectAltNames: ['127.0.0.1'],
  validFrom: new Date(Date.now() - 2 * DAY),
  validTo: new Date(Date.now() - DAY),
});

const closers: (() => Promise<void>)[] = [];

/** Ends every array and backend of this file; for `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

/** A simulated FlashArray behind TLS, and the driver's real backend and transport to it. */
export interface ArrayBench {
  readonly array: SimulatedArray;
  readonly clock: SimClock;
  readonly backend: ArrayBackend;
  /** Another controller on the same array. */
  readonly connect: (more?: Partial<ArrayConnection>) => ArrayBackend;
  /** Calls since the last time, sessions apart, without `/api/2.x`. */
  readonly calls: () => readonly string[];
}

export async function setUp(settings: Partial<GivenSettings> = {}, certificate = CERTIFICATE): Promise<ArrayBench> {
  const clock = SimClock.real();
  const tokens = [
    { token: TOKEN, user: 'pureuser', role: 'admin' },
    { token: 'reader', user: 'observer', role: 'readonly' },
  ] as const;
  const array = new SimulatedArray({ name: 'fa1', tokens, ...settings }, { clock });
  const server = new ArrayServer(array, certificate);
  const endpoint = await server.listen({ host: '127.0.0.1', port: 0 });
  closers.push(() => server.close());
  const factory = flashArrayFactory({
    clock: systemClock,
    random: seededRandom(1),
    transportFactory: given => new HttpsTransport(given),
    userAgent: 'pure-pso/test',
  });
  const connect = (more: Partial<ArrayConnection> = {}): ArrayBackend => {
    const backend = factory({
      endpoint,
      kind: 'flasharray',
      labels: {},
      cordoned: false,
      apiToken: TOKEN,
      caBundle: certificate.caCertificate,
      certificateSha256: null,
      verifyTls: true,
      iscsiAllowedCidrs: [],
      nfsEndpoint: null,
      ...more,
    });
    closers.push(() => backend.close());
    return backend;
  };
  let seen = 0;
  const calls = (): readonly string[] => {
    const entries = array.log.entries().slice(seen);
    seen += entries.length;
    return entries
      .map(({ method, url }) => `${method} ${decodeURIComponent(url.replace(/^\/api\/(2\.\d+)?/, ''))}`)
      .filter(line => !/api_version|\/log(in|out)/.test(line));
  };
  return { array, clock, backend: connect(), connect, calls };
}

export const call = (timeoutMs = 10_000): CallContext => ({
  requestId: 'r1',
  deadlineMs: systemClock.nowMs() + timeoutMs,
  signal: new AbortController().signal,
});

let counter = 0;
export const uniqueName = (): string => `k8s-pvc-00000000-0000-4000-8000-${String((counter += 1)).padStart(12, '0')}`;
export const blank = (name = uniqueName(), more: Partial<CreateVolumeSpec> = {}): CreateVolumeSpec => ({
  name,
  sizeBytes: GiB,
  qos: { iopsLimit: 0, bandwidthLimitBytesPerSecond: 0 },
  source: { kind: 'blank' },
  fileSystem: null,
  tags: { claim: 'default/db' },
  ...more,
});

export async function failure(promise: Promise<unknown>): Promise<PsoError> {
  const error = await promise.then(
    value => value,
    (thrown: unknown) => thrown,
  );
  if (error instanceof PsoError) return error;
  throw new Error(`expected a PsoError, got ${JSON.stringify(error)}`);
}
