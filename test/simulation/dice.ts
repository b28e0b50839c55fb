import { seededRandom } from '../../driver/src/lib/random.ts';
import type { Random } from '../../driver/src/lib/random.ts';

/** Draws from one seed. */
export class Dice {
  readonly random: Random;

  constructor(seed: number) {
    this.random = seededRandom(Math.imul(seed, 0x9e3779b1));
  }

  /** Another, independent source: what draws there changes nothing here. */
  fork(): Dice {
    return new Dice(Math.floor(this.random() * 0x7fffffff));
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** In [low, high). */
  between(low: number, high: number): number {
    return low + this.random() * (high - low);
  }

  /** In [low, high]. */
  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  uuid(): string {
    const hex = Array.from({ length: 32 }, () => this.whole(0, 15).toString(16)).join('');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }
}
