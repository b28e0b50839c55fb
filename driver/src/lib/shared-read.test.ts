import { expect, it } from '@jest/globals';
import { SharedRead } from './shared-read.ts';

it('asks once for all who ask at the same time, and anew later', async () => {
  const shared = new SharedRead<number>();
  let asked = 0;
  const read = (): Promise<number> => Promise.resolve((asked += 1));
  expect(await Promise.all([shared.ask(read), shared.ask(read), shared.ask(read)])).toEqual([1, 1, 1]);
  expect(await shared.ask(read)).toBe(2);
});

it('spares the others the failure of the first', async () => {
  const shared = new SharedRead<number>();
  const first = shared.ask(() => Promise.reject(new Error('gave up')));
  const second = shared.ask(() => Promise.resolve(2));
  await expect(first).rejects.toThrow('gave up');
  expect(await second).toBe(2);
});
