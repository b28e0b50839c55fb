import { mkdir, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { PsoError } from '../../driver/src/domain/errors.ts';
import type { BuildContext } from './artefact.ts';
import { isRoot } from './host-packages.ts';

/**
 * The .deb of a package, downloaded by apt unless an earlier build left one. `size` is for the progress line, e.g.
 * `150 MB`.
 */
export async function debianPackage(context: BuildContext, name: string, size: string): Promise<string> {
  const find = async (folder: string): Promise<string | undefined> =>
    (await readdir(folder)).find(file => file.startsWith(`${name}_`) && file.endsWith('.deb'));
  const kept = await find(context.downloads);
  if (kept !== undefined) return path.join(context.downloads, kept);
  context.note(`downloading ${name} (${size})`);
  const fresh = path.join(context.work, `download-${name}`);
  await mkdir(fresh, { recursive: true });
  await context.withApt(() => download(context, name, fresh));
  const file = await find(fresh);
  if (file === undefined) {
    throw new PsoError('unavailable', `apt-get download ${name} left no package.`, 'Run: apt-get update');
  }
  await rename(path.join(fresh, file), path.join(context.downloads, file));
  return path.join(context.downloads, file);
}

/** Package lists are missing on a fresh machine, and old ones name versions that are gone. */
async function download(context: BuildContext, name: string, folder: string): Promise<void> {
  const attempt = (): Promise<void> => context.run('apt-get', ['download', name], { cwd: folder });
  try {
    await attempt();
  } catch (cause) {
    if (!isRoot()) {
      const message = `apt-get cannot download ${name}.`;
      throw new PsoError('unavailable', message, 'Run: sudo apt-get update', { cause });
    }
    await context.run('apt-get', ['update']);
    await attempt();
  }
}
