import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pathOf } from './cache.ts';
import { chooseKernel, kernelWish } from './kernel-choice.ts';
import { kernel } from './kernel.ts';

describe('kernel of the guests', () => {
  let cache: string;
  let before: string | undefined;

  beforeEach(async () => {
    cache = await mkdtemp(path.join(tmpdir(), 'cache-'));
    before = process.env['PURE_PSO_CACHE'];
    process.env['PURE_PSO_CACHE'] = cache;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['PURE_PSO_CACHE'];
    else process.env['PURE_PSO_CACHE'] = before;
    await rm(cache, { recursive: true });
  });

  const keepOwn = async (): Promise<void> => {
    await mkdir(await pathOf(kernel), { recursive: true });
  };

  it.each([
    { wish: 'auto', kept: false, chosen: 'ready-made-kernel', modular: true },
    { wish: 'auto', kept: true, chosen: 'kernel', modular: false },
    { wish: 'own', kept: false, chosen: 'kernel', modular: false },
    { wish: 'own', kept: true, chosen: 'kernel', modular: false },
    { wish: 'ready-made', kept: false, chosen: 'ready-made-kernel', modular: true },
    { wish: 'ready-made', kept: true, chosen: 'ready-made-kernel', modular: true },
  ] as const)(
    'is $chosen when $wish is asked for and ours is built: $kept',
    async ({ wish, kept, chosen, modular }) => {
      if (kept) await keepOwn();
      const choice = await chooseKernel(wish);
      expect([choice.artefact.name, choice.modular]).toEqual([chosen, modular]);
    },
  );

  it('is not ours when only an old build of ours is kept', async () => {
    await mkdir(path.join(cache, kernel.name, '0123456789abcdef'), { recursive: true });
    expect((await chooseKernel('auto')).artefact.name).toBe('ready-made-kernel');
  });

  it('is told with the reason and the remedy', async () => {
    expect((await chooseKernel('auto')).reason).toMatch(/ready-made.*without NVMe.*ours is not built; `--kernel own`/);
    await keepOwn();
    expect((await chooseKernel('auto')).reason).toMatch(/our own .*built already/);
  });

  it('refuses a word that is no kernel', () => {
    expect(kernelWish('own')).toBe('own');
    expect(() => kernelWish('newest')).toThrow("There is no kernel 'newest' (--kernel).");
  });
});
