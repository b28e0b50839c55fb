import type { HttpEndpoint } from './adapters/http-endpoint.ts';
import { serveHttp } from './adapters/http-endpoint.ts';
import { httpsTransport } from './adapters/https-transport.ts';
import { systemClock } from './adapters/system-clock.ts';
import { systemRandom } from './adapters/system-random.ts';
import type { ArrayCheckParts } from './array-check/array-check.ts';
import { ArrayCheck } from './array-check/array-check.ts';
import { answerCheck } from './array-check/check-route.ts';
import { everyFamily } from './compose-backends.ts';
import { ReadingTransport } from './rest/reading-transport.ts';
import { VERSION } from './version.ts';

/** An entry with the certificates of its signers; nobody needs more. */
const MAX_BODY_BYTES = 64 * 1024;

/** `host:port` of what looks at arrays before they are configured: decision 0014. */
export function serveArrayChecks(
  address: string,
  parts: Omit<ArrayCheckParts, 'clock' | 'makeBackend'>,
): Promise<HttpEndpoint> {
  const makeBackend = everyFamily({
    clock: systemClock,
    random: systemRandom,
    transportFactory: settings => new ReadingTransport(httpsTransport(settings)),
    userAgent: `pure-pso/${VERSION}`,
  });
  const check = new ArrayCheck({ ...parts, clock: systemClock, makeBackend });
  return serveHttp(address, {}, { '/v1/array': body => answerCheck(check, body) }, MAX_BODY_BYTES);
}
