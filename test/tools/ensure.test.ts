import { existsSync } from 'node:fs';
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Artefact, Inputs } from './artefact.ts';
import { expectedSeconds, pathOf } from './cache.ts';
import { ensure, ensureAll, missing } from './ensure.ts';
import { quiet, type Progress } from './progress.ts';

describe('ensure', () => {
  let cache: string;
  let before: string | undefined;
  const builds: string[] = [];

  /** Builds a file `content` out of its need's content and a letter. */
  const artefact = (name: string, letter: string, over: Partial<Artefact> = {}): Artefact => ({
    name,
    title: name,
    estimateSeconds: 42,
    weight: 'light',
    needs: [],
    hostPackages: [],
    inputs: () => ({ files: [], values: [letter] }),
    build: async context => {
      builds.push(name);
      const below = await Promise.all(
        (over.needs ?? []).map(need => readFile(path.join(context.path(need), 'content'), 'utf8')),
      );
      await writeFile(path.join(context.out, 'content'), below.join('') + letter);
    },
    ...over,
  });
  const content = async (folder: string): Promise<string> => readFile(path.join(folder, 'content'), 'utf8');

  beforeEach(async () => {
    cache = await mkdtemp(path.join(tmpdir(), 'cache-'));
    before = process.env['PURE_PSO_CACHE'];
    process.env['PURE_PSO_CACHE'] = cache;
    builds.length = 0;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['PURE_PSO_CACHE'];
    else process.env['PURE_PSO_CACHE'] = before;
    await rm(cache, { recursive: true });
  });

  it('builds once, with needs first, and then answers from the cache', async () => {
    const below = artefact('below', 'a');
    const above = artefact('above', 'b', { needs: [below] });
    const also = artefact('also', 'c', { needs: [below] });
    const [first] = await ensureAll([above, also]);
    expect(await content(first ?? '')).toBe('ab');
    expect(builds.toSorted()).toEqual(['above', 'also', 'below']);
    expect(await ensure(above)).toBe(first);
    expect(builds).toHaveLength(3);
  });

  it('builds again when an input changes, also one of a need', async () => {
    const old = await ensure(artefact('above', 'x', { needs: [artefact('below', 'a')] }));
    const fresh = await ensure(artefact('above', 'x', { needs: [artefact('below', 'b')] }));
    expect(fresh).not.toBe(old);
    expect([await content(old), await content(fresh)]).toEqual(['ax', 'bx']);
  });

  it('builds once for two processes at a time', async () => {
    const slow = artefact('slow', 'a', {
      build: async context => {
        builds.push('slow');
        await context.run('sleep', ['0.3']);
        await writeFile(path.join(context.out, 'content'), 'a');
      },
    });
    const notes: string[] = [];
    const listening: Progress = { ...quiet, note: (_, text) => notes.push(text) };
    const paths = await Promise.all([ensure(slow, listening), ensure(slow, listening)]);
    expect(new Set(paths).size).toBe(1);
    expect(builds).toEqual(['slow']);
    expect(notes).toEqual(['another process builds it: waiting for it']);
  });

  it('keeps nothing of a failed build but its log, whose last lines the error shows', async () => {
    const broken = artefact('broken', 'a', {
      build: context =>
        context.run('bash', ['-c', 'echo half > "$0"; echo the reason >&2; exit 3', `${context.out}/x`]),
    });
    const target = await pathOf(broken);
    await expect(ensure(broken)).rejects.toThrow(/'bash' ended with code 3.*\n(.*\n)*the reason/);
    expect(await readdir(path.dirname(target))).toEqual([`${path.basename(target)}.log`]);
  });

  it('starts nothing more after a failure, and reports that failure', async () => {
    const failing = artefact('failing', 'a', {
      weight: 'heavy',
      build: async () => {
        await sleep(100);
        throw new Error('first');
      },
    });
    const late = async (): Promise<Inputs> => {
      await sleep(30);
      return { files: [], values: [] };
    };
    const waiting = artefact('waiting', 'b', { weight: 'heavy', inputs: late });
    await expect(ensureAll([failing, waiting])).rejects.toThrow('first');
    expect(builds).toEqual([]);
  });

  it('removes what a killed builder left', async () => {
    const plain = artefact('plain', 'a');
    const left = `${await pathOf(plain)}.tmp-dead`;
    await mkdir(path.join(left, 'work'), { recursive: true });
    await ensure(plain);
    expect(existsSync(left)).toBe(false);
  });

  it('expects the time the last build took', async () => {
    const plain = artefact('plain', 'a');
    expect(await expectedSeconds(plain)).toBe(42);
    await ensure(plain);
    expect(await expectedSeconds(plain)).toBeLessThan(10);
  });

  it('lists what is missing, needs first', async () => {
    const below = artefact('below', 'a');
    const above = artefact('above', 'b', { needs: [below] });
    expect((await missing([above])).map(({ name }) => name)).toEqual(['below', 'above']);
    await ensure(below);
    expect((await missing([above, below])).map(({ name }) => name)).toEqual(['above']);
  });
});
