import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const GUEST_FILES = path.join(import.meta.dirname, 'guest');

/** Fills the folder that guests see as `/lab`: their scripts and settings, and the agent as one file. */
export async function prepareShare(share: string): Promise<void> {
  const guest = path.join(share, 'guest');
  mkdirSync(path.join(share, 'images'), { recursive: true });
  mkdirSync(path.join(share, 'pki'), { mode: 0o700 });
  cpSync(GUEST_FILES, guest, { recursive: true, filter: source => !source.endsWith('.ts') });
  await build({
    entryPoints: [path.join(GUEST_FILES, 'agent.ts')],
    outfile: path.join(guest, 'agent.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'error',
  });
}
