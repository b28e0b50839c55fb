import { PsoError } from '../domain/errors.ts';
import type { HostFs } from './host-fs.ts';

const MAX_PATH_BYTES = 4095;
const CONTROL_CHARACTER = /\p{Cc}/u;

function refuse(field: string, path: string, reason: string): PsoError {
  return new PsoError(
    'path-invalid',
    `${field} "${path}" ${reason}.`,
    'Give a path below the kubelet directory, see --kubelet-dir.',
  );
}

/** Grammar only: absolute, below `kubeletDir`, without `..`, `.` or empty parts, so that no path leaves the kubelet's root. */
export function requireKubeletPath(kubeletDir: string, field: string, path: string): string {
  if (path === '') throw refuse(field, path, 'is empty');
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) throw refuse(field, path.slice(0, 80), 'is too long');
  if (CONTROL_CHARACTER.test(path)) throw refuse(field, JSON.stringify(path), 'has control characters');
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path;
  const parts = trimmed.split('/').slice(1);
  if (!trimmed.startsWith('/') || parts.some(part => part === '' || part === '.' || part === '..')) {
    throw refuse(field, path, 'is not a plain absolute path');
  }
  if (!trimmed.startsWith(`${kubeletDir}/`)) throw refuse(field, path, `is not below ${kubeletDir}`);
  return trimmed;
}

/**
 * No symbolic link may stand at the path or in what exists above it: it could lead a mount out of the kubelet's root
 * (CVE-2021-25741, CVE-2017-1002101).
 */
export async function requireNoLink(fs: HostFs, kubeletDir: string, field: string, path: string): Promise<void> {
  if ((await fs.kind(path)) === 'symlink') throw refuse(field, path, 'is a symbolic link');
  const root = (await fs.realPath(kubeletDir)) ?? kubeletDir;
  const expected = `${root}${path.slice(kubeletDir.length)}`;
  for (let depth = expected; depth.length > root.length; depth = depth.slice(0, depth.lastIndexOf('/'))) {
    const real = await fs.realPath(depth);
    if (real === null) continue;
    if (real !== depth) throw refuse(field, path, `leads to ${real} through a symbolic link`);
    return;
  }
}
