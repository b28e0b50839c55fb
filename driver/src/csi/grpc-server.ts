import type { DescMessage, DescMethod, MessageShape } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { PsoError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { AnsweredCall, BoundService, CallObserver, UnaryCall } from './grpc-service.ts';
import { serviceDefinition } from './grpc-service.ts';
import { toStatus } from './to-status.ts';

type AnyMessage = MessageShape<DescMessage>;
type Handler = (request: AnyMessage, call: UnaryCall) => Promise<AnyMessage>;

export interface GrpcServerParts {
  readonly clock: Clock;
  readonly observers: readonly CallObserver[];
}

/** A gRPC server on one endpoint (`unix:///path` or `ip:port`). An old socket file must be gone before `listen`. */
export class GrpcServer {
  readonly #server = new Server({ 'grpc.max_receive_message_length': 4 * 1024 * 1024, 'grpc.enable_channelz': 0 });
  readonly #parts: GrpcServerParts;
  #calls = 0;

  constructor(parts: GrpcServerParts) {
    this.#parts = parts;
  }

  add({ service, handlers }: BoundService): this {
    const implementation: UntypedServiceImplementation = {};
    for (const method of service.methods) {
      const handler = handlers.get(method.name);
      if (!handler) continue;
      const answer: Handler = async (request, call) => create(method.output, await handler(request, call));
      implementation[method.name] = (
        call: ServerUnaryCall<AnyMessage, AnyMessage>,
        done: sendUnaryData<AnyMessage>,
      ) => {
        this.#answer(method, answer, call, done);
      };
    }
    this.#server.addService(serviceDefinition(service), implementation);
    return this;
  }

  listen(endpoint: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(endpoint, ServerCredentials.createInsecure(), error => {
        if (!error) return resolve();
        reject(
          new PsoError(
            'cannot-listen',
            `--csi-endpoint=${endpoint}: cannot listen there: ${error.message}.`,
            'Give the path of a socket in a directory that this process may write.',
          ),
        );
      });
    });
  }

  /** Accepts nothing new, lets running calls finish for `graceMs`, then cuts them. */
  async stop(graceMs: number): Promise<void> {
    const cut = new AbortController();
    const finished = new Promise<void>(resolve => this.#server.tryShutdown(() => resolve()));
    const late = this.#parts.clock.sleep(graceMs, cut.signal).then(
      () => this.#server.forceShutdown(),
      () => undefined,
    );
    await Promise.race([finished, late]);
    cut.abort();
  }

  #answer(
    method: DescMethod,
    handler: Handler,
    call: ServerUnaryCall<AnyMessage, AnyMessage>,
    done: sendUnaryData<AnyMessage>,
  ): void {
    const { clock, observers } = this.#parts;
    const startMs = clock.nowMs();
    const requestId = (this.#calls += 1).toString(36);
    const abort = new AbortController();
    let answered: AnsweredCall | null = null;
    let isClosed = false;
    const observe = (finished: AnsweredCall) => {
      for (const observer of observers) observer.answered(finished);
    };
    const finish = (error: PsoError | null) => {
      answered = { method, requestId, durationMs: clock.nowMs() - startMs, error };
      if (isClosed) observe(answered);
    };
    // grpc-js tells it of every call whose stream closes, answered ones included: then the answer has left.
    call.on('cancelled', () => {
      isClosed = true;
      if (answered) observe(answered);
      // An error made for nobody costs a stack.
      else abort.abort(new PsoError('caller-gone', 'The caller stopped waiting.', 'It asks again.'));
    });
    for (const observer of observers) observer.received?.({ method, requestId, request: call.request });
    handler(call.request, { requestId, signal: abort.signal, remainingMs: this.#remainingMs(call) }).then(
      response => {
        done(null, response);
        finish(null);
      },
      (thrown: unknown) => {
        const error = PsoError.from(thrown);
        done(toStatus(error));
        finish(error);
      },
    );
  }

  #remainingMs(call: ServerUnaryCall<AnyMessage, AnyMessage>): number {
    const deadline = call.getDeadline();
    return (typeof deadline === 'number' ? deadline : deadline.getTime()) - this.#parts.clock.wallMs();
  }
}
