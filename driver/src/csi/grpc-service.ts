import type { DescMessage, DescMethod, DescService, MessageShape } from '@bufbuild/protobuf';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';

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
  /** Aborted when the caller cancels or its deadline passes. */
  readonly signal: AbortSignal;
  /** Milliseconds left until the caller's deadline; Infinity when it set none. */
  readonly remainingMs: number;
}

/** Wraps one method call from outside: log, metrics, error map, gate. */
export type Interceptor = (
  method: DescMethod,
  request: MessageShape<DescMessage>,
  call: UnaryCall,
  next: () => Promise<MessageShape<DescMessage>>,
) => Promise<MessageShape<DescMessage>>;

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

export type { UntypedServiceImplementation };
