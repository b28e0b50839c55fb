import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { RestDialect } from '../rest/dialect.ts';
import { RestClient, type ExchangeRecord } from '../rest/rest-client.ts';
import type { TransportFactory } from '../rest/transport.ts';
import type { ArrayConnection } from './backend.ts';

/** Requests at once, and connections kept, to one array. */
const MAX_CONNECTIONS = 16;

/** What a backend of any family is made with. */
export interface RestDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly transportFactory: TransportFactory;
  /** `product/version`, shown in the array's audit log. */
  readonly userAgent: string;
  readonly onExchange?: ((record: ExchangeRecord) => void) | undefined;
}

export function connectRest(
  connection: ArrayConnection,
  dialect: RestDialect,
  dependencies: RestDependencies,
): RestClient {
  const { endpoint, apiToken, caBundle, certificateSha256, verifyTls } = connection;
  const { clock, random, userAgent, onExchange, transportFactory } = dependencies;
  return new RestClient({
    array: endpoint,
    dialect,
    apiToken,
    userAgent,
    clock,
    random,
    maxConcurrency: MAX_CONNECTIONS,
    onExchange,
    transport: transportFactory({
      endpoint,
      caBundle,
      certificateSha256,
      verifyTls,
      maxConnections: MAX_CONNECTIONS,
    }),
  });
}
