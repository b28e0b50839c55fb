import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ControlAnswer, ControlRequest } from './inner/control-server.ts';
import type { ProgressEvent } from './inner/progress.ts';
import { LabError } from './lab-error.ts';

/** The host's side of the lab's socket. Every request is a connection of its own. */
export class ControlClient {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  async call(request: Exclude<ControlRequest, { do: 'connect' | 'watch' }>): Promise<unknown> {
    const socket = await this.#open(request);
    const answer = await readAnswer(socket);
    socket.destroy();
    return answer;
  }

  /** A TCP connection to an address inside the lab. */
  async dial(host: string, port: number): Promise<Socket> {
    const socket = await this.#open({ do: 'connect', host, port });
    try {
      await readAnswer(socket);
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  /** Tells every event of the start-up, from its beginning; ends well with `ready` and throws at `failed`. */
  async awaitReady(onEvent: (event: ProgressEvent) => void): Promise<void> {
    const socket = await this.#open({ do: 'watch' });
    try {
      for await (const line of createInterface({ input: socket })) {
        const event = JSON.parse(line) as ProgressEvent;
        onEvent(event);
        if (event.state === 'ready') return;
        if (event.state === 'failed') throw new LabError(event.text, '');
      }
    } finally {
      socket.destroy();
    }
    throw new LabError('The lab ended while it was starting.', 'See its log: `npm run lab -- logs lab`.');
  }

  #open(request: ControlRequest): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ path: this.#socketPath, allowHalfOpen: true });
      socket.once('connect', () => {
        socket.write(`${JSON.stringify(request)}\n`);
        resolve(socket);
      });
      socket.once('error', error => reject(new LabError(`The lab does not answer: ${error.message}.`, '', error)));
    });
  }
}

/** Reads the one-line answer byte-exactly: what follows it belongs to the connection's new owner. */
function readAnswer(socket: Socket): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const settle = (then: () => void): void => {
      socket.off('data', onData).off('end', onEnd).off('error', onEnd);
      socket.pause();
      then();
    };
    const onEnd = (): void => settle(() => reject(new LabError('The lab closed the connection.', '')));
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf(10);
      if (end < 0) return;
      const rest = received.subarray(end + 1);
      const answer = JSON.parse(received.subarray(0, end).toString()) as ControlAnswer;
      settle(() => {
        if (rest.length > 0) socket.unshift(rest);
        if (answer.ok) resolve(answer.result);
        else reject(new LabError(`${answer.error}.`, ''));
      });
    };
    socket.on('data', onData).on('end', onEnd).on('error', onEnd);
  });
}
