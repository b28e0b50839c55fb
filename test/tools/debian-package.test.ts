import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Artefact } from './artefact.ts';
import { debianPackage } from './debian-package.ts';
import { ensure } from './ensure.ts';
import { isRoot } from './host-packages.ts';

/** Stands in the path before apt's own: knows the package once its lists were updated, and notes how it was called. */
const APT = `#!/bin/bash
cd "$(dirname "$0")"/../work || exit 1
echo "$1" >>calls
case $1 in
  update) touch lists ;;
  download) [ -e lists ] || exit 100; echo content >"$OLDPWD/$2_1.0_all.deb" ;;
esac
`;

describe('a Debian package', () => {
  let folder: string;
  let before: NodeJS.ProcessEnv;

  const unpacked = (recipe: string): Artefact => ({
    name: 'unpacked',
    title: 'unpacked',
    estimateSeconds: 1,
    weight: 'light',
    needs: [],
    hostPackages: [],
    inputs: () => ({ files: [], values: [recipe] }),
    build: async context => {
      await context.run('cp', [await debianPackage(context, 'tool', '1 MB'), context.out]);
    },
  });
  const calls = async (): Promise<string> => (await readFile(path.join(folder, 'work/calls'), 'utf8')).trim();

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'apt-'));
    before = { ...process.env };
    process.env['PURE_PSO_CACHE'] = path.join(folder, 'cache');
    process.env['PATH'] = `${folder}/bin:${before['PATH'] ?? ''}`;
    for (const name of ['bin', 'work']) await mkdir(path.join(folder, name));
    await writeFile(path.join(folder, 'bin/apt-get'), APT);
    await chmod(path.join(folder, 'bin/apt-get'), 0o755);
  });
  afterEach(async () => {
    process.env['PATH'] = before['PATH'];
    if (before['PURE_PSO_CACHE'] === undefined) delete process.env['PURE_PSO_CACHE'];
    else process.env['PURE_PSO_CACHE'] = before['PURE_PSO_CACHE'];
    await rm(folder, { recursive: true });
  });

  it('is downloaded once and serves later builds', async () => {
    await writeFile(path.join(folder, 'work/lists'), '');
    expect(await readdir(await ensure(unpacked('1')))).toEqual(['tool_1.0_all.deb']);
    await ensure(unpacked('2'));
    expect(await calls()).toBe('download');
  });

  it('is found on a machine without package lists: root has them fetched, others are told how', async () => {
    const built = ensure(unpacked('1'));
    if (isRoot()) {
      expect(await readdir(await built)).toEqual(['tool_1.0_all.deb']);
      expect(await calls()).toBe('download\nupdate\ndownload');
    } else {
      await expect(built).rejects.toMatchObject({ nextStep: 'Run: sudo apt-get update' });
    }
  });
});
