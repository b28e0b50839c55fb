import { connect, createServer, type Socket } from 'node:net';
import { z } from 'zod';
import { setPath } from './network.ts';
import type { Guests } from './guests.ts';
import type { Progress } from './progress.ts';
import type { Services } from './services.ts';

/** First line of a connection to the lab's socket. `connect` turns it into a pipe to a TCP address inside the lab. */
const requestSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('watch') }),
  z.strictObject({ do: z.literal('connect'), host: z.string(), port: z.int() }),
  z.strictObject({ do: z.literal('status') }),
  z.strictObject({ do: z.literal('start-guest'), guest: z.string() }),
  z.strictObject({ do: z.literal('kill-guest'), guest: z.string() }),
  z.strictObject({ do: z.literal('set-path'), guest: z.string(), fabric: z.enum(['A', 'B']), connected: z.boolean() }),
  z.strictObject({
    do: z.literal('start-service'),
    name: z.string().regex(/^[a-z][a-z0-9-]*$/u),
    program: z.string(),
    args: z.array(z.string()),
    env: z.record(z.string(), z.string()).default({}),
    cwd: z.string(),
  }),
  z.strictObject({ do: z.literal('stop-service'), name: z.string(), signal: z.enum(['SIGTERM', 'SIGKILL', 'SIGINT']) }),
]);

export type ControlRequest = z.input<typeof requestSchema>;
type Request = z.output<typeof requestSchema>;

export type ControlAnswer =
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: string };

interface Parts {
  readonly guests: Guests;
  readonly services: Services;
  readonly progress: Progress;
}

/** Serves the lab's socket, the door between the host's namespaces and the lab's. */
export function serveControl(socketPath: string, parts: Parts): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, socket => void serve(socket, parts));
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(socketPath, resolve);
  });
}

async function serve(socket: Socket, parts: Parts): Promise<void> {
  socket.on('error', () => socket.destroy());
  try {
    const { line, rest } = await firstLine(socket);
    const request = requestSchema.parse(JSON.parse(line));
    if (request.do === 'connect') return pipeTo(socket, rest, request);
    if (request.do === 'watch') return watch(socket, parts.progress);
    reply(socket, { ok: true, result: (await perform(request, parts)) ?? null });
  } catch (error) {
    reply(socket, { ok: false, error: error instanceof Error ? error.message : String(error) });
  }
}

async function perform(
  request: Exclude<Request, { do: 'connect' | 'watch' }>,
  { guests, services }: Parts,
): Promise<unknown> {
  switch (request.do) {
    case 'status':
      return { services: services.names(), guests: guests.names() };
    case 'start-guest':
      return guests.start(request.guest);
    case 'kill-guest':
      return guests.kill(request.guest);
    case 'set-path':
      return setPath(request.guest, request.fabric, request.connected);
    case 'start-service':
      return services.start(request);
    case 'stop-service':
      return services.stop(request.name, request.signal);
  }
}

function pipeTo(socket: Socket, rest: Buffer, { host, port }: { host: string; port: number }): void {
  const target = connect({ host, port, noDelay: true, allowHalfOpen: true });
  const refused = (error: Error): void => reply(socket, { ok: false, error: error.message });
  target.once('error', refused);
  target.setTimeout(5000, () => target.destroy(new Error(`${host}:${port} does not answer`)));
  target.once('connect', () => {
    target.setTimeout(0);
    target.off('error', refused).on('error', () => socket.destroy());
    socket.on('close', () => target.destroy());
    target.on('close', () => socket.destroy());
    socket.write(`${JSON.stringify({ ok: true, result: null } satisfies ControlAnswer)}\n`);
    target.write(rest);
    socket.pipe(target).pipe(socket);
  });
}

function watch(socket: Socket, progress: Progress): void {
  const stop = progress.watch(event => socket.write(`${JSON.stringify(event)}\n`));
  socket.on('close', stop);
}

function reply(socket: Socket, answer: ControlAnswer): void {
  socket.end(`${JSON.stringify(answer)}\n`);
}

/** Reads up to the first line's end and leaves the socket paused; what came with it is in `rest`. */
function firstLine(socket: Socket): Promise<{ line: string; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf(10);
      if (end < 0) return;
      socket.pause();
      socket.off('data', onData);
      resolve({ line: received.subarray(0, end).toString(), rest: received.subarray(end + 1) });
    };
    socket.on('data', onData);
    socket.once('end', () => reject(new Error('the connection ended before a request')));
  });
}
