import type { Duplex } from 'node:stream';
import { createInterface } from 'node:readline';
import type { AgentAnswer, AgentRequest, ExecArgs, ExecResult } from './guest/protocol.ts';
import { LabError } from './lab-error.ts';

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: LabError) => void;
}

/** Opens a connection to the agent; where from is the caller's matter (inside the namespaces, or through the lab). */
export type Dial = () => Promise<Duplex>;

/**
 * A guest's agent, seen from outside. One connection carries all calls; it is opened at the first one and again after
 * it broke. A call whose connection breaks is rejected, not repeated: it may have done its work.
 */
export class AgentClient {
  readonly #guest: string;
  readonly #dial: Dial;
  readonly #pending = new Map<number, Pending>();
  #connection: Promise<Duplex> | undefined;
  #nextId = 1;

  constructor(guest: string, dial: Dial) {
    this.#guest = guest;
    this.#dial = dial;
  }

  exec(args: ExecArgs): Promise<ExecResult> {
    return this.call<ExecResult>('exec', args, args.timeoutMs + 10_000);
  }

  async call<T>(op: string, args: unknown, timeoutMs = 30_000): Promise<T> {
    const connection = await this.#connected();
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(this.#error(`did not answer "${op}" within ${timeoutMs} ms`));
      }, timeoutMs);
      const settle = <A>(then: (value: A) => void) => (value: A): void => {
        clearTimeout(timer);
        then(value);
      };
      this.#pending.set(id, { resolve: settle(value => resolve(value as T)), reject: settle(reject) });
      connection.write(`${JSON.stringify({ id, op, args } satisfies AgentRequest)}\n`);
    });
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    connection?.destroy();
    this.#connection = undefined;
  }

  /** Gives up a connection that may be dead without a sign, as after a power cut of the guest. */
  reset(): void {
    void this.close();
    this.#failAll('was powered off');
  }

  #connected(): Promise<Duplex> {
    this.#connection ??= this.#open();
    return this.#connection;
  }

  async #open(): Promise<Duplex> {
    try {
      const stream = await this.#dial();
      const lost = (): void => {
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
    this.#pending.delete(answer.id);
    if (answer.ok) pending?.resolve(answer.result);
    else pending?.reject(this.#error(`refused: ${answer.error}`));
  }

  #failAll(what: string): void {
    for (const { reject } of this.#pending.values()) reject(this.#error(what));
    this.#pending.clear();
  }

  #error(what: string): LabError {
    return new LabError(`Guest ${this.#guest} ${what}.`, `See \`npm run lab -- logs ${this.#guest}\`.`);
  }
}
