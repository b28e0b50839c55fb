import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** Removes what an earlier process left at `unix:///path`, so that the server can bind; makes the directory. */
export async function clearSocketFile(endpoint: string): Promise<void> {
  if (!endpoint.startsWith('unix:')) return;
  const file = endpoint.replace(/^unix:(\/\/)?/, '');
  await mkdir(path.dirname(file), { recursive: true });
  await rm(file, { force: true });
}
