import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

/** Runs buf on driver/proto with its own buf.gen.yaml, in a temporary folder; no network is needed. */
export async function protoCode(root: string): Promise<ReadonlyMap<string, string>> {
  const temporary = await mkdtemp(path.join(tmpdir(), 'pure-pso-proto-'));
  try {
    // buf.gen.yaml writes to ../src/gen, seen from here.
    const base = path.join(temporary, 'proto');
    const tools = [path.dirname(process.execPath), path.join(root, 'node_modules/.bin')];
    await promisify(execFile)(
      process.execPath,
      [path.join(root, 'node_modules/@bufbuild/buf/bin/buf'), 'generate', '-o', base],
      {
        cwd: path.join(root, 'driver/proto'),
        env: { ...process.env, PATH: [...tools, process.env.PATH].join(':') },
      },
    );
    const out = path.join(temporary, 'src/gen');
    const names = (await readdir(out)).sort();
    const contents = names.map(
      async name => [`driver/src/gen/${name}`, await readFile(path.join(out, name), 'utf8')] as const,
    );
    return new Map(await Promise.all(contents));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
