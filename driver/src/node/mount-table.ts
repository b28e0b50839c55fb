import type { HostFs } from './host-fs.ts';

/** One line of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export interface Mount {
  readonly path: string;
  /** `major:minor` of the file system's device. */
  readonly device: string;
  /** Path inside that file system: `/` of an ordinary mount, `/dm-0` of a bound device node in devtmpfs. */
  readonly root: string;
  readonly fsType: string;
  /** What was mounted, in the words of who did it: `/dev/dm-0`, `10.0.0.9:/name`. */
  readonly source: string;
  readonly readOnly: boolean;
}

const unescape = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

function parseLine(line: string): Mount | null {
  const fields = line.split(' ');
  const dash = fields.indexOf('-', 6);
  const [device, root, path, options] = fields.slice(2, 6);
  const [fsType, source] = fields.slice(dash + 1, dash + 3);
  if (dash < 0 || !device || !root || !path || !options || !fsType || source === undefined) return null;
  return {
    path: unescape(path),
    device,
    root: unescape(root),
    fsType,
    source: unescape(source),
    readOnly: options.split(',').includes('ro'),
  };
}

export const parseMountInfo = (text: string): readonly Mount[] =>
  text
    .split('\n')
    .map(parseLine)
    .filter(mount => mount !== null);

/** All mounts in the order in which they were made. */
export async function readMounts(fs: HostFs): Promise<readonly Mount[]> {
  return parseMountInfo((await fs.readText('/proc/self/mountinfo')) ?? '');
}

/** The mount that one sees at a path: the last one made there. */
export const mountAt = (mounts: readonly Mount[], path: string): Mount | null =>
  mounts.findLast(mount => mount.path === path) ?? null;
