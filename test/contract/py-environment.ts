import { execFile } from 'node:child_process';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Part of the cache's key: raise it to get a newer client. */
const CLIENT = 'py-pure-client==1.96.0';

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Path of a Python that has the vendor's client; made once, then kept in the cache. */
export async function pythonWithClient(): Promise<string> {
  const root = path.join(homedir(), '.cache/pure-pso/py');
  const folder = path.join(root, CLIENT.replace('==', '-'));
  const python = path.join(folder, 'bin/python');
  if (await exists(path.join(folder, 'complete'))) return python;
  await mkdir(root, { recursive: true });
  await rm(folder, { recursive: true, force: true });
  try {
    await run('python3', ['-m', 'venv', folder], { timeout: 120_000 });
  } catch (cause) {
    throw new Error('The contract tests need python3 with venv (Debian: apt-get install python3-venv).', { cause });
  }
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', CLIENT], { timeout: 540_000 });
  await writeFile(path.join(folder, 'complete'), '');
  return python;
}
