import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const cli = path.join(import.meta.dirname, '../simulator/cli.ts');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program; sends `signal`, if given, when it says that it is ready. */
async function run(args: readonly string[], signal?: NodeJS.Signals): Promise<Ended> {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 50_000 });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    if (signal !== undefined && out.includes('Ready.')) child.kill(signal);
  });
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

describe('the simulator as a program', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'simulator-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const scenario = async (text: string, name = 'scenario.yaml'): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, text);
    return file;
  };

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'tells its endpoints, writes values, and ends well by %s',
    async signal => {
      const file = await scenario(
        'arrays: [{ name: one, token: T-1 }, { name: two, kind: flashblade, labels: { env: dev } }]',
      );
      const values = path.join(folder, 'values.yaml');
      const { code, out, err } = await run(['--scenario', file, '--write-values', values], signal);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/^one +https:\/\/127\.0\.0\.1:\d+ +token T-1/m);
      expect(out).toMatch(/^two +https:\/\/127\.0\.0\.1:\d+ +token \S+ +env=dev/m);
      expect(out).toMatch(/^control: http:\/\/127\.0\.0\.1:\d+\/_sim$/m);
      expect(await readFile(values, 'utf8')).toContain('APIToken: T-1');
      expect((await stat(values)).mode & 0o777).toBe(0o600);
    },
    60_000,
  );

  it('explains itself, and names what is wrong', async () => {
    const fill = await scenario('arrays: [{ name: one, fill: 3 }]', 'fill.yaml');
    const link = await scenario('arrays: [{ name: one }]\nlinks: [{ arrays: [one, two] }]', 'link.yaml');
    const [help, ...wrong] = await Promise.all([
      run(['--help']),
      run(['--scenario', fill]),
      run(['--scenario', link]),
      run(['--scenario', link, '--port', 'x']),
    ]);
    expect(help).toMatchObject({ code: 0, out: expect.stringContaining('--scenario FILE') as unknown });
    expect(wrong.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(wrong.map(({ err }) => err.trim().split('\n').at(-1)?.trim())).toEqual([
      expect.stringMatching(/^arrays\.0\.fill = 3: /),
      expect.stringMatching(/^links\.0\.arrays\.1 = "two": no FlashArray/),
      expect.stringMatching(/^--port = "x": expected a port/),
    ]);
  }, 60_000);
});
