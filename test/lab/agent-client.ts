import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { AgentAnswer, AgentRequest, ExecArgs, ExecResult } from './guest/protocol.ts';
import { LabError } from './lab-error.ts';

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: LabError) => void;
  readonly timer: NodeJS.Timeout;
}

/** Opens a connection to the agent; where from is the caller's matter (inside the namespaces, or through the lab). */
export type Dial = () => Promise<Socket>;

/**
 * A guest's agent, seen from outside. One connection carries all calls; it is opened at the first one and again after
 * it broke. A call whose connection breaks is rejected, not repeated: it may have done its work.
 */
export class AgentClient {
  readonly #guest: string;
  readonly #dial: Dial;
  readonly #pending = new Map<number, Pending>();
  #connection: Promise<Socket> | undefined;
  #socket: Socket | undefined;
  #nextId = 1;

  constructor(guest: string, dial: Dial) {
    this.#guest = guest;
    this.#dial = dial;
  }

  exec(args: ExecArgs): Promise<ExecResult> {
    return this.call<ExecResult>('exec', args, args.timeoutMs + 10_000);
  }

  async call<T>(op: string, args: unknown, timeoutMs = 120_000): Promise<T> {
    const connection = await this.#connected();
    const id = this.#nextId++;
    // An idle connection keeps no program alive; a call does.
    connection.ref();
    try {
      return await new Promise<T>((resolve, reject) => {
        const late = (): void => reject(this.#error(`did not answer "${op}" within ${timeoutMs} ms`));
        const timer = setTimeout(late, timeoutMs);
        this.#pending.set(id, { resolve: result => resolve(result as T), reject, timer });
        connection.write(`${JSON.stringify({ id, op, args } satisfies AgentRequest)}\n`);
      });
    } finally {
      clearTimeout(this.#pending.get(id)?.timer);
      this.#pending.delete(id);
      if (this.#pending.size === 0) connection.unref();
    }
  }

  close(): Promise<void> {
    this.#drop('was closed by this program');
    return Promise.resolve();
  }

  /** Gives up a connection that may be dead without a sign, as after a power cut of the guest. */
  reset(): void {
    this.#drop('was powered off');
  }

  #drop(why: string): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#connection = undefined;
    socket?.destroy();
    this.#failAll(why);
  }

  #connected(): Promise<Socket> {
    this.#connection ??= this.#open();
    return this.#connection;
  }

  async #open(): Promise<Socket> {
    try {
      const stream = await this.#dial();
      this.#socket = stream;
      const lost = (): void => {
        if (this.#socket !== stream) return; // a newer connection has taken its place
        this.#connection = undefined;
        this.#failAll('closed the connection');
      };
      stream.on('error', lost).on('close', lost);
      createInterface({ input: stream }).on('line', line => this.#settle(JSON.parse(line) as AgentAnswer));
      return stream;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  #settle(answer: AgentAnswer): void {
    const pending = this.#pending.get(answer.id);
    if (answer.ok) pending?.resolve(answer.result);
    else pending?.reject(this.#error(`refused: ${answer.error}`));
  }

  #failAll(what: string): void {
    for (const { reject } of this.#pending.values()) reject(this.#error(what));
  }

  #error(what: string): LabError {
    return new LabError(`Guest ${this.#guest} ${what}.`, `See \`npm run lab -- logs ${this.#guest}\`.`);
  }
}
