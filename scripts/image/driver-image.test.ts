import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { codeLayer } from './driver-image.ts';
import { wholeName } from './image-name.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'image-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function writeProgram(): Promise<string> {
  const source = path.join(folder, 'source');
  await mkdir(source);
  await writeFile(path.join(source, 'role.ts'), 'export const role: string = process.argv[2] ?? "none";\n');
  const entry = path.join(source, 'entry.ts');
  await writeFile(entry, 'const { role } = await import("./role.ts");\nprocess.stdout.write(`role ${role}`);\n');
  return entry;
}

describe('code layer', () => {
  it('has the same digest twice and another one after a change', async () => {
    const entry = await writeProgram();
    const first = await codeLayer(entry);
    expect((await codeLayer(entry)).digest).toBe(first.digest);
    await writeFile(path.join(folder, 'source', 'role.ts'), 'export const role: string = "changed";\n');
    expect((await codeLayer(entry)).digest).not.toBe(first.digest);
  });

  it('runs, with the parts it loads on demand', async () => {
    const { content } = await codeLayer(await writeProgram());
    if (!Buffer.isBuffer(content)) throw new TypeError('the code layer is made in memory');
    execFileSync('tar', ['-C', folder, '-xf', '-'], { input: content });
    const program = path.join(folder, 'app', 'main.mjs');
    expect(execFileSync(process.execPath, [program, 'node'], { encoding: 'utf8' })).toBe('role node');
  });

  it('names the entry that cannot be bundled', async () => {
    const entry = path.join(folder, 'missing.ts');
    await expect(codeLayer(entry)).rejects.toThrow(`Cannot bundle ${entry}`);
  });
});

describe('names in the archive', () => {
  it.each([
    ['pure-pso/driver:1.2.3', 'docker.io/pure-pso/driver:1.2.3'],
    ['driver:1.2.3', 'docker.io/library/driver:1.2.3'],
    ['registry.example.com/pure-pso/driver:1', 'registry.example.com/pure-pso/driver:1'],
    ['registry:5000/driver:1', 'registry:5000/driver:1'],
    ['localhost/driver:1', 'localhost/driver:1'],
  ])('%s is %s for a kubelet', (given, expected) => {
    expect(wholeName(given)).toBe(expected);
  });
});

describe('command line', () => {
  const CLI = path.join(import.meta.dirname, 'cli.ts');
  const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, ...args], { encoding: 'utf8' });

  it('explains itself', () => {
    const { status, stdout } = run('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('--output FILE');
  });

  it.each([
    [['--name', 'No Tag'], "--name 'No Tag' is not an image reference with a tag. Write"],
    [['--ouput', 'x'], "Unknown option '--ouput'"],
  ])('refuses %j before it builds anything', (args, sentence) => {
    const { status, stderr } = run(...args);
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('building');
  });
});
