import { connect, createServer } from 'node:net';
import type { Forward } from './config.ts';

/** Accepts on a socket that the launcher opened on the host's loopback, and connects inside the lab. */
export function serveForward({ fd, to }: Forward): void {
  const [host = '', port = ''] = to.split(':');
  createServer(incoming => {
    const outgoing = connect({ host, port: Number(port), noDelay: true });
    incoming.setNoDelay(true);
    const end = (): void => {
      incoming.destroy();
      outgoing.destroy();
    };
    incoming.on('error', end).on('close', end);
    outgoing.on('error', end).on('close', end);
    incoming.pipe(outgoing).pipe(incoming);
  }).listen({ fd });
}
