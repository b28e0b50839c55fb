import type { HttpRequest, HttpResponse, Transport } from '../../driver/src/rest/transport.ts';
import { TransportError } from '../../driver/src/rest/transport.ts';
import type { SequenceOptions } from './fault-sequence.ts';

/** A transport whose exchanges go through `change`. */
function changed(
  wire: Transport,
  change: (request: HttpRequest, send: (request: HttpRequest) => Promise<HttpResponse>) => Promise<HttpResponse>,
): Transport {
  return {
    exchange: request => change(request, given => wire.exchange(given)),
    close: () => wire.close(),
  };
}

/** Of a volume's connections, only the one that was asked for last is shown. */
function seesItselfOnly(wire: Transport): Transport {
  const hosts = new Map<string, string>();
  const field = (path: string, name: string): string => new URL(path, 'https://array').searchParams.get(name) ?? '';
  return changed(wire, async (request, send) => {
    const volume = field(request.path, 'volume_names');
    if (request.method === 'POST') hosts.set(volume, field(request.path, 'host_names'));
    const answer = await send(request);
    if (request.method !== 'GET' || !/\/connections\?/.test(request.path) || answer.status !== 200) return answer;
    const { items, ...rest } = JSON.parse(answer.body) as { items: { host: { name: string } }[] };
    const own = items.filter(({ host }) => host.name === hosts.get(volume));
    return { ...answer, body: JSON.stringify({ ...rest, items: own }) };
  });
}

/** Historic mistakes, made on purpose: the oracle must find each of them, or it proves nothing. */
export const BASELINES: Readonly<Record<string, { readonly options: SequenceOptions; readonly rule: string }>> = {
  'places anew after a restart without looking': {
    options: { doubt: { windowMs: 0, gapMs: Infinity } },
    rule: 'I1',
  },
  'takes every term of a provisioner for the one before': {
    // A window that ends while there is still trouble; with true terms it is long enough.
    options: { retell: () => 'mine', doubt: { windowMs: 25_000, gapMs: 10_000 } },
    rule: 'I1',
  },
  'takes a lost answer for a call that was never sent': {
    options: {
      rewire: wire =>
        changed(wire, async (request, send) => {
          try {
            return await send(request);
          } catch (error) {
            if (!(error instanceof TransportError)) throw error;
            throw new TransportError(error.reason, 'not-sent', error.message);
          }
        }),
    },
    rule: 'I1',
  },
  'says OK to a deletion that it never made': {
    options: {
      rewire: wire =>
        changed(wire, (request, send) =>
          request.body?.includes('"destroyed":true') === true
            ? send({ ...request, method: 'GET', body: null })
            : send(request),
        ),
    },
    rule: 'I2',
  },
  'does not look who else is connected': { options: { rewire: seesItselfOnly }, rule: 'I5' },
  'leaves connections behind': {
    options: {
      rewire: wire =>
        changed(wire, (request, send) =>
          request.method === 'DELETE' && request.path.includes('/connections')
            ? Promise.resolve({ status: 200, headers: {}, body: '' })
            : send(request),
        ),
    },
    rule: 'liveness',
  },
  'loses the tags': {
    options: {
      rewire: wire =>
        changed(wire, (request, send) =>
          request.path.includes('/volumes/tags/batch')
            ? Promise.resolve({ status: 200, headers: {}, body: '{"items":[]}' })
            : send(request),
        ),
    },
    rule: 'I3',
  },
};
