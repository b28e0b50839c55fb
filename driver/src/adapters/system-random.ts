import type { Random } from '../lib/random.ts';

export const systemRandom: Random = () => Math.random();
