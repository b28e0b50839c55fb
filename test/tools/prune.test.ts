import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Artefact } from './artefact.ts';
import { pathOf, useFile } from './cache.ts';
import { ensure } from './ensure.ts';
import { removeUnused, sizeOf, unusedBuilds } from './prune.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY_MS);

describe('prune', () => {
  let cache: string;
  let before: string | undefined;
  let child: ChildProcess | undefined;

  const artefact = (letter: string): Artefact => ({
    name: 'thing',
    title: 'thing',
    estimateSeconds: 1,
    weight: 'light',
    needs: [],
    hostPackages: [],
    inputs: () => ({ files: [], values: [letter] }),
    build: context => writeFile(path.join(context.out, 'content'), letter),
  });
  /** A build whose last use was so many days ago. */
  const built = async (letter: string, days: number): Promise<string> => {
    const folder = await ensure(artefact(letter));
    await utimes(useFile(folder), daysAgo(days), daysAgo(days));
    return folder;
  };
  const listed = async (known: readonly Artefact[]): Promise<readonly string[]> =>
    (await unusedBuilds(known, new Date())).map(({ folder }) => folder);

  beforeEach(async () => {
    cache = await mkdtemp(path.join(tmpdir(), 'cache-'));
    before = process.env['PURE_PSO_CACHE'];
    process.env['PURE_PSO_CACHE'] = cache;
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    if (before === undefined) delete process.env['PURE_PSO_CACHE'];
    else process.env['PURE_PSO_CACHE'] = before;
    await rm(cache, { recursive: true });
  });

  it('lists builds that no artefact names and that were not used for 14 days, oldest first', async () => {
    const old = await built('a', 15);
    const older = await built('b', 30);
    await built('c', 13);
    await built('present', 99);
    expect(await listed([artefact('present')])).toEqual([older, old]);
  });

  it('takes a use for what it is: an old build that was asked for again stays', async () => {
    const old = await built('a', 15);
    await ensure(artefact('a'));
    expect(await listed([])).toEqual([]);
    expect(existsSync(old)).toBe(true);
  });

  it('counts the making of a build whose uses nobody noted', async () => {
    const folder = await built('a', 15);
    await rm(useFile(folder));
    expect(await listed([])).toEqual([]);
  });

  it('spares what a running process names', async () => {
    const folder = await built('a', 15);
    child = spawn('tail', ['-f', path.join(folder, 'content')], { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise(resolve => child?.stdout?.once('data', resolve));
    expect(await listed([])).toEqual([]);
  });

  it('lists nothing but builds', async () => {
    for (const folder of ['downloads', 'lab/0123456789abcdef.tmp-1', 'lab-logs/sandbox', 'py/py-pure-client-1.0']) {
      await mkdir(path.join(cache, folder), { recursive: true });
      await utimes(path.join(cache, folder), daysAgo(99), daysAgo(99));
    }
    expect(await unusedBuilds([], new Date(Date.now() + 99 * DAY_MS))).toEqual([]);
  });

  it('removes a build with its log and leaves its neighbours', async () => {
    await built('a', 15);
    const stays = await built('b', 1);
    const [unused] = await unusedBuilds([], new Date());
    if (unused === undefined) throw new Error('nothing is listed');
    await writeFile(`${unused.folder}.log`, 'made of …');
    expect(await sizeOf(unused.folder)).toBeGreaterThan(0);
    expect(await removeUnused(unused)).toBe(true);
    const left = (await readdir(path.dirname(stays))).filter(name => name !== 'last-build-seconds');
    expect(left.toSorted()).toEqual([path.basename(stays), path.basename(useFile(stays))].toSorted());
  });

  it('keeps a build that was used after it was listed', async () => {
    const folder = await built('a', 15);
    const [unused] = await unusedBuilds([], new Date());
    await ensure(artefact('a'));
    if (unused === undefined) throw new Error('nothing is listed');
    expect(await removeUnused(unused)).toBe(false);
    expect(await pathOf(artefact('a'))).toBe(folder);
    expect(existsSync(path.join(folder, 'content'))).toBe(true);
  });
});
