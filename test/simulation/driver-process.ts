import { create, toBinary } from '@bufbuild/protobuf';
import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import type { ArrayConnection } from '../../driver/src/backends/backend.ts';
import { flashArrayFactory } from '../../driver/src/backends/flasharray/flasharray-backend.ts';
import { controllerService } from '../../driver/src/csi/controller-service.ts';
import type { BoundService } from '../../driver/src/csi/grpc-service.ts';
import { bindService } from '../../driver/src/csi/grpc-service.ts';
import { toStatus } from '../../driver/src/csi/to-status.ts';
import { PsoError } from '../../driver/src/domain/errors.ts';
import { Controller } from '../../driver/src/gen/csi_pb.js';
import { silentLogger } from '../../driver/src/lib/logger.ts';
import { Fleet } from '../../driver/src/orchestrator/fleet.ts';
import { Orchestrator } from '../../driver/src/orchestrator/orchestrator.ts';
import { Reservations } from '../../driver/src/orchestrator/reservations.ts';
import type { DoubtLimits } from '../../driver/src/orchestrator/doubt.ts';
import { DEFAULT_DOUBT } from '../../driver/src/orchestrator/doubt.ts';
import type { PlacementReport, SnapshotLedger } from '../../driver/src/orchestrator/requests.ts';
import { DEFAULT_POLICY } from '../../driver/src/placement/framework.ts';
import type { Transport } from '../../driver/src/rest/transport.ts';
import type { Dice } from './dice.ts';
import { ProcessLife } from './process-life.ts';
import type { VirtualClock } from './virtual-clock.ts';

export const CLUSTER = 'k8s';
/** The driver's default of a warm poll. */
const POLL_MS = 60_000;
/** One way between a pod and the API server. */
const TERM_MS = 2;

type Methods = (typeof Controller)['method'];
export type Method = keyof Methods;
export type Request<Name extends Method> = MessageInitShape<Methods[Name]['input']>;
export type Response<Name extends Method> = MessageShape<Methods[Name]['output']>;

/** What a sidecar sees of an RPC. */
export type Answer<Name extends Method> =
  | { readonly code: typeof status.OK; readonly response: Response<Name>; readonly bytes: Uint8Array }
  | { readonly code: Exclude<status, status.OK>; readonly details: string };

export interface DriverParts {
  readonly world: VirtualClock;
  readonly dice: Dice;
  readonly connections: readonly ArrayConnection[];
  readonly wire: (life: ProcessLife, endpoint: string) => Transport;
  readonly ledger: SnapshotLedger;
  readonly doubt?: DoubtLimits;
  /** What the API server would say of the provisioner's Lease at this moment; absent outside a cluster. */
  readonly readTerm?: () => string | null;
  readonly onPlacement?: (report: PlacementReport) => void;
}

/** The real controller behind its CSI service, as one process that can be killed: all but sockets, files and Kubernetes. */
export class DriverProcess {
  readonly life: ProcessLife;
  readonly #world: VirtualClock;
  readonly #service: BoundService;
  #calls = 0;

  constructor(parts: DriverParts) {
    this.#world = parts.world;
    this.life = new ProcessLife(parts.world);
    const clock = this.life;
    const { random } = parts.dice;
    const makeBackend = flashArrayFactory({
      clock,
      random,
      transportFactory: ({ endpoint }) => parts.wire(this.life, endpoint),
      userAgent: 'pure-pso/simulation',
    });
    const fleet = new Fleet({ clock, logger: silentLogger, makeBackend, pollMs: POLL_MS });
    fleet.configure(parts.connections);
    const orchestrator = new Orchestrator({
      clock,
      random,
      fleet,
      reservations: new Reservations(clock),
      clusterId: CLUSTER,
      policy: DEFAULT_POLICY,
      doubt: parts.doubt ?? DEFAULT_DOUBT,
      protocols: ['iscsi'],
      ledger: parts.ledger,
      readTerm: () => this.#askForTerm(parts.readTerm ?? (() => null)),
      onPlacement: parts.onPlacement ?? (() => undefined),
    });
    void orchestrator.watchTerm(new AbortController().signal);
    this.#service = bindService(Controller, controllerService(orchestrator, clock));
  }

  /** There and back, like any call. */
  #askForTerm(read: () => string | null): Promise<string | null> {
    return new Promise(resolve => {
      this.#world.after(TERM_MS, () => {
        const term = read();
        this.#world.after(TERM_MS, () => this.life.deliver(() => resolve(term)));
      });
    });
  }

  /** As gRPC does it: the deadline cancels on both sides, a killed server is UNAVAILABLE. */
  call<Name extends Method>(
    name: Name,
    request: Request<Name>,
    timeoutMs: number,
    hangUp: AbortSignal,
  ): Promise<Answer<Name>> {
    const method = Controller.method[name] as { name: string; input: DescMessage; output: DescMessage };
    const cancel = new AbortController();
    const deadlineMs = this.#world.nowMs() + timeoutMs;
    return new Promise(resolve => {
      const fail = (code: Exclude<status, status.OK>, details: string): void => {
        callOff();
        resolve({ code, details });
      };
      const giveUp = (code: status.DEADLINE_EXCEEDED | status.CANCELLED): void => {
        fail(code, 'given up');
        this.life.deliver(() => cancel.abort(new PsoError('timeout', 'The caller stopped waiting.', 'It asks again.')));
      };
      const callOff = this.#world.after(timeoutMs, () => giveUp(status.DEADLINE_EXCEEDED));
      hangUp.addEventListener('abort', () => giveUp(status.CANCELLED), { once: true });
      this.life.onEnd(() => fail(status.UNAVAILABLE, 'connection closed'));
      if (!this.life.isAlive) return;
      this.life.deliver(() => {
        const handler = this.#service.handlers.get(method.name);
        if (handler === undefined) return fail(status.UNIMPLEMENTED, method.name);
        const remainingMs = deadlineMs - this.#world.nowMs();
        const call = { requestId: String((this.#calls += 1)), signal: cancel.signal, remainingMs };
        Promise.resolve()
          .then(() => handler(create(method.input, request as MessageInitShape<DescMessage>), call))
          .then(
            answer => {
              callOff();
              const response = create(method.output, answer);
              const bytes = toBinary(method.output, response);
              resolve({ code: status.OK, response: response as Response<Name>, bytes });
            },
            (error: unknown) => {
              const { code, details } = toStatus(PsoError.from(error));
              fail(code as Exclude<status, status.OK>, details);
            },
          );
      });
    });
  }
}
