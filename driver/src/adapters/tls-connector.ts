import { isIP, type Socket } from 'node:net';
import { connect, createSecureContext, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { TransportError, type TransportSettings } from '../rest/transport.ts';
import { openTunnel, type ProxyAddress } from './proxy.ts';

const CONNECT_TIMEOUT_MS = 5_000;

export type Connected = (error: Error | null, socket: Socket) => void;

const plainHex = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();

/** Opens connections to one array; a caller gets one only when its certificate has proved who answers. */
export class TlsConnector {
  readonly host: string;
  readonly port: number;
  readonly #options: ConnectionOptions;
  readonly #pin: string | null;
  readonly #pending = new Set<Socket>();
  readonly #proxy: ProxyAddress | null;
  /** Of the last connection: the next handshake is shorter. */
  #session: Buffer | null = null;

  /** `proxyOf` tells the proxy on the way to a host, if there is one. */
  constructor(settings: TransportSettings, proxyOf: (host: string) => ProxyAddress | null) {
    const { endpoint } = settings;
    const { hostname, port } = new URL(`https://${isIP(endpoint) === 6 ? `[${endpoint}]` : endpoint}`);
    this.host = hostname.replace(/^\[|\]$/g, '');
    this.port = port === '' ? 443 : Number(port);
    this.#proxy = proxyOf(this.host);
    // A pin is the whole proof: neither CA nor name nor date of the certificate count beside it.
    this.#pin = settings.certificateSha256 === null ? null : plainHex(settings.certificateSha256);
    this.#options = {
      host: this.host,
      port: this.port,
      rejectUnauthorized: settings.verifyTls && this.#pin === null,
      ...(isIP(this.host) === 0 ? { servername: this.host } : {}),
      // Parsed once for all connections.
      secureContext: createSecureContext({
        minVersion: 'TLSv1.2',
        ...(settings.caBundle === null ? {} : { ca: settings.caBundle }),
      }),
    };
  }

  /** `done` gets an error, or a socket that is secure and proved. */
  connect(done: Connected): void {
    if (this.#proxy === null) return this.#secure(this.#options, done);
    const tunnel = openTunnel(this.#proxy, this, (error, socket) => {
      this.#pending.delete(tunnel);
      if (error) done(error, socket);
      else this.#secure({ ...this.#options, socket }, done);
    });
    this.#pending.add(tunnel);
  }

  #secure(options: ConnectionOptions, done: Connected): void {
    const session = this.#session;
    const socket = connect(session === null ? options : { ...options, session });
    this.#pending.add(socket);
    const settle = (error: Error | null): void => {
      if (!this.#pending.delete(socket)) return;
      clearTimeout(timer);
      socket.off('close', closed);
      if (error) this.#discard(socket);
      else socket.off('error', settle);
      done(error, socket);
    };
    const closed = (): void => settle(new Error('the connection ended before it was secure'));
    const timer = setTimeout(
      () => settle(new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`)),
      CONNECT_TIMEOUT_MS,
    );
    socket.setNoDelay(true);
    socket.once('error', settle).once('close', closed);
    socket.once('secureConnect', () => settle(this.#wrongCertificate(socket)));
    // A resumed session shows no certificate to compare.
    if (this.#pin === null) socket.on('session', fresh => (this.#session = fresh));
  }

  /** Ends what is not connected yet. */
  close(): void {
    for (const socket of this.#pending) socket.destroy();
  }

  #discard(socket: TLSSocket): void {
    this.#session = null;
    socket.on('error', () => undefined);
    socket.destroy();
  }

  #wrongCertificate(socket: TLSSocket): TransportError | null {
    if (this.#pin === null) return null;
    const shown = plainHex(socket.getPeerCertificate().fingerprint256);
    if (shown === this.#pin) return null;
    const text = `the certificate's SHA-256 is ${shown}, expected ${this.#pin}`;
    return new TransportError('certificate-fingerprint', 'not-sent', text);
  }
}
