import { HttpsTransport } from '../../driver/src/adapters/https-transport.ts';
import { systemClock } from '../../driver/src/adapters/system-clock.ts';
import type {
  ArrayBackend,
  ArrayConnection,
  CallContext,
  CreateVolumeSpec,
  FileSystemWishes,
} from '../../driver/src/backends/backend.ts';
import { flashBladeFactory } from '../../driver/src/backends/flashblade/flashblade-backend.ts';
import { GiB } from '../../driver/src/domain/bytes.ts';
import { PsoError } from '../../driver/src/domain/errors.ts';
import { nodeNamed } from '../../driver/src/domain/node-id.ts';
import { seededRandom } from '../../driver/src/lib/random.ts';
import { SimClock } from '../simulator/common/sim-clock.ts';
import type { GivenSettings } from '../simulator/flashblade/settings.ts';
import { issueCertificate } from '../simulator/server/certificate.ts';
import { ArrayServer } from '../simulator/server/https-server.ts';
import { SimulatedBlade } from '../simulator/simulated-blade.ts';

const DAY = 86_400_000;
const TOKEN = 'canary-7c21-token';
const CERTIFICATE = issueCertificate({
  commonName: 'blade',
  subjectAltNames: ['127.0.0.1'],
  validFrom: new Date(Date.now() - DAY),
  validTo: new Date(Date.now() + DAY),
});

export const DATA_ADDRESS = '10.66.3.60';
export const n1 = nodeNamed('n1', { addresses: ['10.0.0.1', 'fd00::1'] });
export const n2 = nodeNamed('n2.example', { addresses: ['10.0.0.2'] });

export interface FlashBladeBench {
  readonly blade: SimulatedBlade;
  readonly clock: SimClock;
  readonly backend: ArrayBackend;
  /** Another controller on the same array. */
  readonly connect: (more?: Partial<ArrayConnection>) => ArrayBackend;
  /** Calls since the last time, sessions apart, without `/api/2.x`. */
  readonly calls: () => readonly string[];
  /** Rules that let somebody mount now, e.g. `10.0.0.1 rw no-squash`. */
  readonly access: (name: string) => readonly string[];
  readonly close: () => Promise<void>;
}

/** The backend before a simulated FlashBlade, over HTTPS. */
export async function startFlashBlade(settings: Partial<GivenSettings> = {}): Promise<FlashBladeBench> {
  const clock = SimClock.real();
  const tokens = [
    { token: TOKEN, user: 'pureuser', role: 'admin' },
    { token: 'reader', user: 'observer', role: 'readonly' },
  ] as const;
  const blade = new SimulatedBlade({ name: 'fb1', dataAddress: DATA_ADDRESS, tokens, ...settings }, { clock });
  const server = new ArrayServer(blade, CERTIFICATE);
  const endpoint = await server.listen({ host: '127.0.0.1', port: 0 });
  const factory = flashBladeFactory({
    clock: systemClock,
    random: seededRandom(1),
    transportFactory: given => new HttpsTransport(given),
    userAgent: 'pure-pso/test',
  });
  const backends: ArrayBackend[] = [];
  const connect = (more: Partial<ArrayConnection> = {}): ArrayBackend => {
    const backend = factory({
      endpoint,
      kind: 'flashblade',
      labels: {},
      cordoned: false,
      apiToken: TOKEN,
      caBundle: CERTIFICATE.caCertificate,
      certificateSha256: null,
      verifyTls: true,
      iscsiAllowedCidrs: [],
      nfsEndpoint: null,
      ...more,
    });
    backends.push(backend);
    return backend;
  };
  let seen = 0;
  return {
    blade,
    clock,
    backend: connect(),
    connect,
    calls: () => {
      const entries = blade.log.entries().slice(seen);
      seen += entries.length;
      return entries
        .map(({ method, url }) => `${method} ${decodeURIComponent(url.replace(/^\/api\/(2\.\d+)?/, ''))}`)
        .filter(line => !/api_version|\/?log(in|out)$/.test(line));
    },
    access: name => blade.accessTo(name).map(({ client, permission, access }) => `${client} ${permission} ${access}`),
    close: async () => {
      for (const backend of backends) await backend.close();
      await server.close();
    },
  };
}

export const call = (timeoutMs = 10_000): CallContext => ({
  requestId: 'r1',
  deadlineMs: systemClock.nowMs() + timeoutMs,
  signal: new AbortController().signal,
});

let counter = 0;
export const uniqueName = (): string => `k8s-pvc-00000000-0000-4000-8000-${String((counter += 1)).padStart(12, '0')}`;

export const wishes = (more: Partial<FileSystemWishes> = {}): FileSystemWishes => ({
  exportPolicy: null,
  exportRules: null,
  hasSnapshotDirectory: false,
  ...more,
});

export const blank = (name = uniqueName(), more: Partial<CreateVolumeSpec> = {}): CreateVolumeSpec => ({
  name,
  sizeBytes: GiB,
  qos: { iopsLimit: 0, bandwidthLimitBytesPerSecond: 0 },
  source: { kind: 'blank' },
  fileSystem: wishes(),
  tags: { claim: 'default/scratch' },
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
