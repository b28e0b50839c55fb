import { existsSync } from 'node:fs';
import { mkdtemp, readlink, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { takeLock } from './build-lock.ts';

describe('build lock', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lock-'));
    file = path.join(folder, 'x.lock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lets one builder in at a time and tells the other once that it waits', async () => {
    const order: string[] = [];
    const first = await takeLock(file, () => order.push('first waits'));
    const told = Promise.withResolvers<undefined>();
    const waits = (): void => {
      order.push('second waits');
      told.resolve(undefined);
    };
    const second = takeLock(file, waits).then(lock => {
      order.push('second in');
      return lock;
    });
    await told.promise;
    order.push('first out');
    await first.release();
    await (await second).release();
    expect(order).toEqual(['second waits', 'first out', 'second in']);
    expect(existsSync(file)).toBe(false);
  });

  it('takes over at once from a holder whose process is gone', async () => {
    await writeFile(file, await holderOf(2 ** 22 + 1));
    const lock = await takeLock(file, () => expect('waiting').toBe('never'));
    await lock.release();
  });

  it('takes over from a holder of another pid namespace only when its heartbeat stops', async () => {
    await writeFile(file, 'pid:[1] 1 1');
    const waits: string[] = [];
    const before = performance.now();
    const lock = await takeLock(file, () => waits.push('waits'), 3000);
    expect(waits).toEqual(['waits']);
    expect(performance.now() - before).toBeGreaterThan(2500);
    await lock.release();
  });

  it('takes over a stale lock of which nothing is known', async () => {
    await writeFile(file, '');
    const old = new Date(Date.now() - 60_000);
    await utimes(file, old, old);
    await (await takeLock(file, () => expect('waiting').toBe('never'))).release();
  });
});

async function holderOf(pid: number): Promise<string> {
  return `${await readlink('/proc/self/ns/pid')} ${pid} 1`;
}
