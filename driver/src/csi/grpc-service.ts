import type { DescMessage, DescMethod, DescService, MessageShape } from '@bufbuild/protobuf';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { ServiceDefinition } from '@grpc/grpc-js';
import type { PsoError } from '../domain/errors.ts';

/** Unary handlers of a service by method name; what is missing answers UNIMPLEMENTED. */
export type UnaryHandlers<Service extends DescService> = {
  readonly [Name in keyof Service['method']]?: Service['method'][Name] extends {
    input: infer Input extends DescMessage;
    output: infer Output extends DescMessage;
  }
    ? (request: MessageShape<Input>, call: UnaryCall) => Promise<MessageInit<Output>>
    : never;
};

export type MessageInit<Desc extends DescMessage> = Parameters<typeof create<Desc>>[1];

/** What a handler may know about the transport. */
export interface UnaryCall {
  /** Unique in this process; every log line of the call carries it. */
  readonly requestId: string;
  /** Aborted when the caller cancels or its deadline passes. */
  readonly signal: AbortSignal;
  /** Milliseconds left, when the call arrived, until the caller's deadline; Infinity when it set none. */
  readonly remainingMs: number;
}

/** A call that came in. */
export interface ReceivedCall {
  readonly method: DescMethod;
  readonly requestId: string;
  readonly request: MessageShape<DescMessage>;
}

/** A call whose answer has left. */
export interface AnsweredCall {
  readonly method: DescMethod;
  readonly requestId: string;
  /** Of the handler. */
  readonly durationMs: number;
  /** As thrown, before it became a status; null: it went well. */
  readonly error: PsoError | null;
}

/** Watches calls: log, metrics. What it does at the end of a call delays no answer. */
export interface CallObserver {
  readonly received?: (call: ReceivedCall) => void;
  readonly answered: (call: AnsweredCall) => void;
}

type AnyHandler = (request: MessageShape<DescMessage>, call: UnaryCall) => Promise<MessageInit<DescMessage>>;

/** A service with its handlers, its types checked and then forgotten. */
export interface BoundService {
  readonly service: DescService;
  readonly handlers: ReadonlyMap<string, AnyHandler>;
}

export function bindService<Service extends DescService>(
  service: Service,
  handlers: UnaryHandlers<Service>,
): BoundService {
  const byLocalName = handlers as Readonly<Record<string, AnyHandler | undefined>>;
  const bound = new Map<string, AnyHandler>();
  for (const method of service.methods) {
    const handler = byLocalName[method.localName];
    if (handler) bound.set(method.name, handler.bind(handlers));
  }
  return { service, handlers: bound };
}

/** grpc-js wants serializers by method; protobuf-es gives descriptors. This is the bridge. */
export function serviceDefinition(service: DescService): ServiceDefinition {
  const definition: Record<string, ServiceDefinition[string]> = {};
  for (const method of service.methods) {
    definition[method.name] = {
      path: `/${service.typeName}/${method.name}`,
      requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
      responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
      requestSerialize: (value: MessageShape<DescMessage>) => Buffer.from(toBinary(method.input, value)),
      requestDeserialize: (bytes: Buffer) => fromBinary(method.input, bytes),
      responseSerialize: (value: MessageShape<DescMessage>) => Buffer.from(toBinary(method.output, value)),
      responseDeserialize: (bytes: Buffer) => fromBinary(method.output, bytes),
    };
  }
  return definition;
}
