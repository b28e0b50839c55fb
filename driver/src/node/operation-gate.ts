import { PsoError } from '../domain/errors.ts';

interface Running {
  readonly operation: string;
  readonly result: Promise<unknown>;
}

/**
 * One operation at a time for each key. A duplicate (same key, same operation text) joins the running one;
 * a different one is refused at once, because the caller repeats it anyway and a queue would hide a hang.
 */
export class OperationGate {
  readonly #running = new Map<string, Running>();

  async run<Result>(key: string, operation: string, work: () => Promise<Result>): Promise<Result> {
    const running = this.#running.get(key);
    if (running?.operation === operation) return running.result as Promise<Result>;
    if (running) {
      const name = running.operation.split(' ', 1)[0] ?? '';
      throw new PsoError(
        'operation-still-runs',
        `${name} of volume ${key} still runs on this node.`,
        'It is repeated by itself.',
        {
          finality: 'in-doubt',
        },
      );
    }
    const result = work().finally(() => this.#running.delete(key));
    this.#running.set(key, { operation, result });
    return result;
  }
}
