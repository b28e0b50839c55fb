import { PsoError } from '../domain/errors.ts';

export interface FewAtOnceLimits {
  readonly atOnce: number;
  readonly waiting: number;
}

/** Questions to one array that nobody's volume depends on: its polls and all real work have to get through. */
export class FewAtOnce {
  readonly #limits: FewAtOnceLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: FewAtOnceLimits) {
    this.#limits = limits;
  }

  /** In order; refused when too many wait already. */
  async run<Result>(array: string, task: () => Promise<Result>): Promise<Result> {
    if (this.#running < this.#limits.atOnce) this.#running += 1;
    else await this.#turn(array);
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  #turn(array: string): Promise<void> {
    if (this.#waiting.length < this.#limits.waiting) return new Promise(resolve => this.#waiting.push(resolve));
    throw new PsoError(
      'report-busy',
      `${this.#waiting.length} questions wait for array ${array} already.`,
      'Ask again in some seconds.',
    );
  }
}
