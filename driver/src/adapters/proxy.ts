import { connect, type Socket } from 'node:net';
import { Cidr } from '../lib/cidr.ts';
import { TransportError } from '../rest/transport.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const MAX_HEAD_BYTES = 16 * 1024;

export interface ProxyAddress {
  readonly host: string;
  readonly port: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** One word of NO_PROXY: `*`, a network, an address, a name, or a domain with or without a dot in front. */
function excludes(word: string, host: string): boolean {
  if (word === '*') return true;
  if (Cidr.parse(word)?.has(host) === true) return true;
  const domain = word.replace(/^\*?\./, '').toLowerCase();
  return domain !== '' && (host.toLowerCase() === domain || host.toLowerCase().endsWith(`.${domain}`));
}

/**
 * The HTTP proxy on the way to an array, from HTTPS_PROXY and NO_PROXY as other programs read them (lower case, too); null:
 * directly. Names and passwords in its address are not used: they would stand in the pod's description.
 */
export function proxyFor(host: string, env: Environment): ProxyAddress | null {
  const address = env.HTTPS_PROXY ?? env.https_proxy ?? '';
  const words = (env.NO_PROXY ?? env.no_proxy ?? '').split(/[\s,]+/).filter(word => word !== '');
  if (address === '' || words.some(word => excludes(word, host))) return null;
  const { hostname, port } = new URL(address.includes('://') ? address : `http://${address}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 80 : Number(port) };
}

/** Asks a proxy for a way through (CONNECT, RFC 9110 §9.3.6); `done` gets an error, or a socket that ends at the target. */
export function openTunnel(
  proxy: ProxyAddress,
  target: ProxyAddress,
  done: (error: Error | null, socket: Socket) => void,
): Socket {
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  const socket = connect(proxy.port, proxy.host);
  let head = Buffer.alloc(0);
  let isSettled = false;
  const settle = (error: Error | null): void => {
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    socket.off('error', fail).off('close', closed).off('data', receive);
    if (error) socket.on('error', () => undefined).destroy();
    done(error, socket);
  };
  const fail = (error: Error | string): void => {
    const text = typeof error === 'string' ? error : error.message;
    settle(new TransportError('unreachable', 'not-sent', `proxy ${proxy.host}:${proxy.port}: ${text}`));
  };
  const closed = (): void => fail('it ended the connection');
  const receive = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return head.length > MAX_HEAD_BYTES ? fail('its answer is too long') : undefined;
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(head.subarray(0, end).toString('latin1'))?.[1] ?? 'no status';
    if (!status.startsWith('2')) return fail(`it answered ${status}`);
    const rest = head.subarray(end + 4);
    if (rest.length > 0) socket.unshift(rest);
    settle(null);
  };
  const timer = setTimeout(() => fail(`no answer within ${CONNECT_TIMEOUT_MS} ms`), CONNECT_TIMEOUT_MS);
  socket.once('error', fail).once('close', closed).on('data', receive);
  socket.once('connect', () => socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`));
  return socket;
}
