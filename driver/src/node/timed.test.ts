import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../lib/manual-clock.ts';
import { timed } from './timed.ts';

class Part {
  #count = 0;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  async work(seconds: number): Promise<number> {
    await this.#clock.advance(seconds * 1000);
    this.#count += 1;
    return this.#count;
  }
  fail(): Promise<never> {
    return Promise.reject(new Error('broken'));
  }
  other(): Promise<number> {
    return Promise.resolve(this.#count);
  }
}

describe('timed', () => {
  it('reports the named methods, well or not, and changes nothing', async () => {
    const clock = new ManualClock();
    const told: unknown[] = [];
    const part = timed(new Part(clock), { work: 'step', fail: 'failing' }, clock, (...report) => told.push(report));
    expect(await part.work(2)).toBe(1);
    expect(await part.other()).toBe(1);
    await expect(part.fail()).rejects.toThrow('broken');
    expect(told).toEqual([
      ['step', true, 2],
      ['failing', false, 0],
    ]);
  });
});
