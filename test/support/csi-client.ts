import type { DescMessage, DescMethod, DescService, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { ServiceError } from '@grpc/grpc-js';
import { Client, credentials } from '@grpc/grpc-js';

type Unary<Service extends DescService> = {
  readonly [Name in keyof Service['method']]: Service['method'][Name] extends {
    input: infer Input extends DescMessage;
    output: infer Output extends DescMessage;
  }
    ? (request: MessageInitShape<Input>, timeoutMs?: number) => Promise<MessageShape<Output>>
    : never;
};

export interface CsiConnection {
  service<Service extends DescService>(service: Service): Unary<Service>;
  close(): void;
}

const DEFAULT_TIMEOUT_MS = 30_000;

function callUnary(client: Client, service: DescService, method: DescMethod, request: unknown, timeoutMs: number) {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/${service.typeName}/${method.name}`,
      (value: MessageShape<DescMessage>) => Buffer.from(toBinary(method.input, value)),
      (bytes: Buffer) => fromBinary(method.output, bytes),
      create(method.input, request as MessageInitShape<DescMessage>),
      { deadline: Date.now() + timeoutMs },
      (error: ServiceError | null, response?: MessageShape<DescMessage>) => (error ? reject(error) : resolve(response)),
    );
  });
}

/** A CSI caller like the sidecars: typed by the descriptors, errors are gRPC ServiceErrors. */
export function connectCsi(endpoint: string): CsiConnection {
  const client = new Client(endpoint, credentials.createInsecure());
  return {
    service: <Service extends DescService>(service: Service) =>
      Object.fromEntries(
        service.methods.map(method => [
          method.localName,
          (request: unknown, timeoutMs = DEFAULT_TIMEOUT_MS) => callUnary(client, service, method, request, timeoutMs),
        ]),
      ) as unknown as Unary<Service>,
    close: () => client.close(),
  };
}
