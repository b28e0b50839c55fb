import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { promisify } from 'node:util';
import { PsoError } from '../../driver/src/domain/errors.ts';
import type { HostPackage } from './artefact.ts';

const run = promisify(execFile);

/**
 * Installs the Debian packages whose file is missing; as an ordinary user it refuses with the command to run.
 * `install` is for tests.
 */
export async function ensureHostPackages(
  packages: readonly HostPackage[],
  note: (text: string) => void = () => undefined,
  install: (names: readonly string[]) => Promise<void> = aptInstall,
): Promise<void> {
  const names = [...new Set(packages.filter(({ provides }) => !existsSync(provides)).map(({ name }) => name))];
  if (names.length === 0) return;
  const command = `apt-get install --no-install-recommends ${names.join(' ')}`;
  if (!isRoot()) {
    throw new PsoError('precondition', `Host packages are missing: ${names.join(', ')}.`, `Run: sudo ${command}`);
  }
  note(`installing host packages ${names.join(', ')}`);
  try {
    await install(names);
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    throw new PsoError('unavailable', `'${command}' failed: ${reason}`, 'Install these packages by hand.', {
      cause: error,
    });
  }
}

/** Root of the machine; uid 0 in a user namespace may install nothing. */
export function isRoot(): boolean {
  return process.getuid?.() === 0 && /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
}

const MAX_OUTPUT = 64 * 1024 * 1024;

/** Package lists are fetched only when apt does not know a package or its version is gone: that costs seconds. */
async function aptInstall(names: readonly string[]): Promise<void> {
  const install = ['install', '-y', '--no-install-recommends', ...names];
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: MAX_OUTPUT };
  try {
    await run('apt-get', install, options);
  } catch {
    await run('apt-get', ['update'], options);
    await run('apt-get', install, options);
  }
}
