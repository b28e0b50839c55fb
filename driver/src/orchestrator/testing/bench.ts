import type { ArrayConnection, CallContext } from '../../backends/backend.ts';
import { GiB } from '../../domain/bytes.ts';
import { silentLogger } from '../../lib/logger.ts';
import { ManualClock } from '../../lib/manual-clock.ts';
import { seededRandom } from '../../lib/random.ts';
import { DEFAULT_POLICY } from '../../placement/framework.ts';
import { Fleet } from '../fleet.ts';
import type { OrchestratorParts } from '../orchestrator.ts';
import { Orchestrator } from '../orchestrator.ts';
import { parseClassParameters } from '../parameters.ts';
import type { CreateVolumeRequest, PlacementReport } from '../requests.ts';
import { Reservations } from '../reservations.ts';
import { MemoryBackend } from './memory-backend.ts';

export interface Bench {
  readonly clock: ManualClock;
  readonly fleet: Fleet;
  readonly backends: readonly MemoryBackend[];
  readonly orchestrator: Orchestrator;
  readonly reports: PlacementReport[];
  /** Another process of the driver on the same arrays. */
  restart(): Orchestrator;
  call(): CallContext;
}

export const arrayId = (index: number): string => `00000000-0000-4000-8000-00000000000${index}`;

export const connection = (endpoint: string): ArrayConnection => ({
  endpoint,
  kind: 'flasharray',
  labels: {},
  cordoned: false,
  apiToken: 'token',
  caBundle: null,
  certificateSha256: null,
  verifyTls: true,
  iscsiAllowedCidrs: [],
  nfsEndpoint: null,
});

export function makeBench(count: number, options: Partial<OrchestratorParts> = {}): Bench {
  const clock = new ManualClock(1000);
  const connections = Array.from({ length: count }, (_, index) => connection(`array-${index}`));
  const backends = connections.map((one, index) => new MemoryBackend(one, arrayId(index), `a${index}`));
  const makeBackend = (one: ArrayConnection) =>
    backends[connections.indexOf(one)] ?? new MemoryBackend(one, arrayId(9), 'a9');
  const fleet = new Fleet({ clock, logger: silentLogger, makeBackend, pollMs: 60_000 });
  fleet.configure(connections);
  const reports: PlacementReport[] = [];
  const make = () =>
    new Orchestrator({
      clock,
      random: seededRandom(1),
      fleet,
      reservations: new Reservations(clock),
      clusterId: 'k8s',
      policy: { ...DEFAULT_POLICY, maxDataAgeMs: Infinity },
      doubt: { windowMs: 0, gapMs: 10_000 },
      protocols: ['iscsi'],
      ledger: { hasSnapshots: () => undefined },
      onPlacement: report => void reports.push(report),
      ...options,
    });
  const call = () => ({ requestId: 't', deadlineMs: clock.nowMs() + 30_000, signal: new AbortController().signal });
  return { clock, fleet, backends, orchestrator: make(), reports, restart: make, call };
}

export const request = (name: string, changes: Partial<CreateVolumeRequest> = {}): CreateVolumeRequest => ({
  name,
  requiredBytes: 10 * GiB,
  limitBytes: null,
  parameters: parseClassParameters({ backend: 'block' }, {}),
  source: null,
  topology: { requisite: [], preferred: [] },
  ...changes,
});
