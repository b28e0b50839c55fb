import { formatBytes, KiB, MiB } from '../domain/bytes.ts';
import { PsoError } from '../domain/errors.ts';
import type { AttachedDevice } from './attachment.ts';
import type { Origin } from './blankness.ts';
import { requireBlank, requireReadable } from './blankness.ts';
import { devicePath } from './block-devices.ts';
import type { Exec } from './exec.ts';
import type { HostFs } from './host-fs.ts';
import type { FsType } from './option-tokens.ts';
import type { Semaphore } from './semaphore.ts';
import type { StagingNotes } from './staging-notes.ts';
import { sizeInSuperblock, SUPERBLOCK_BYTES } from './superblock.ts';
import { runTool } from './tool-runner.ts';

export interface FileSystemParts {
  readonly exec: Exec;
  readonly fs: HostFs;
  readonly notes: StagingNotes;
  /** mkfs and fsck take memory and I/O: a burst of pods must not starve the node (F25). */
  readonly heavyTools: Semaphore;
}

const PROBE_TIMEOUT_MS = 30_000;
const MKFS_TIMEOUT_MS = 300_000;
const FSCK_TIMEOUT_MS = 600_000;
const GROW_TIMEOUT_MS = 300_000;
/** A file system may end this much before its device: a last group too small to use. */
const SLACK_BYTES = 16 * MiB;
/** Less than this is only the rounding to whole blocks. */
const ROUNDING_BYTES = 64 * KiB;
/** Whether a file system of `bytes` fills its device. */
export const isFull = (bytes: number, deviceBytes: number): boolean => bytes + ROUNDING_BYTES >= deviceBytes;

/** blkid(8): nothing found, or the device could not be read; the two look the same. */
const BLKID_NOTHING = 2;
/** fsck(8): 1 = errors corrected; 8 = operational error, which the mount will show better. */
const FSCK_FINE = [0, 1, 8];

/** `KEY=value` lines of `blkid -o export`. */
const parseExport = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split('\n')
      .map(line => /^([A-Z_]+)=(.*)$/.exec(line))
      .filter(match => match !== null)
      .map(([, key = '', value = '']) => [key, value]),
  );

/** Finds, makes, checks and grows file systems on verified devices. */
export class FileSystem {
  readonly #parts: FileSystemParts;

  constructor(parts: FileSystemParts) {
    this.#parts = parts;
  }

  /**
   * After this the device has a file system of the wanted type: one that was there, or a new one on a device that is
   * proven blank. Answers whether it is new and, if not, its size in bytes where that is known.
   */
  async ensure(
    device: AttachedDevice,
    wanted: Origin & { fsType: FsType; createOptions: readonly string[]; readOnly: boolean },
  ): Promise<{ isNew: boolean; bytes: number | null }> {
    const found = (await this.#probe(device)) ?? (await this.#probeBegun(device, wanted));
    if (found !== null) {
      requireSameType(device, found, wanted.fsType);
      await this.#parts.notes.endFormat(device.wwid);
      if (!wanted.readOnly) await this.#check(device, wanted.fsType);
      const start = await this.#parts.fs.readDevice(devicePath(device.map.device), 0, SUPERBLOCK_BYTES);
      return { isNew: false, bytes: sizeInSuperblock(wanted.fsType, start) };
    }
    if (wanted.readOnly) throw unformattedReadOnly(device);
    await this.#format(device, wanted);
    return { isNew: true, bytes: null };
  }

  /** Grows the file system to its device when that is larger, and checks that it did. Answers its size in bytes. */
  async grow(device: AttachedDevice, fsType: FsType, mountPath: string): Promise<number> {
    const before = await this.#size(device, fsType, mountPath);
    if (isFull(before, device.map.bytes)) return before;
    const [tool, target] = fsType === 'xfs' ? ['xfs_growfs', mountPath] : ['resize2fs', devicePath(device.map.device)];
    await runTool(this.#parts.exec, tool, [target], {
      timeoutMs: GROW_TIMEOUT_MS,
      nextStep: 'See the kernel log of the node; it is tried again by itself.',
    });
    const after = await this.#size(device, fsType, mountPath);
    if (after + SLACK_BYTES >= device.map.bytes) return after;
    throw new PsoError(
      'file-system-not-grown',
      `Volume ${device.wwid}: its ${fsType} has ${formatBytes(after)} after ${tool}, the device ${formatBytes(device.map.bytes)}.`,
      'It is tried again by itself; see the kernel log of the node.',
      { finality: 'in-doubt' },
    );
  }

  /** Type of what is on the device, also a partition table or LVM; null when blkid knows nothing there. */
  async #probe(device: AttachedDevice): Promise<string | null> {
    const path = devicePath(device.map.device);
    const result = await runTool(this.#parts.exec, 'blkid', ['-p', '-o', 'export', path], {
      timeoutMs: PROBE_TIMEOUT_MS,
      nextStep: 'Look at the device with wipefs on the node: it has signatures of several formats, or is unreadable.',
      accept: [0, BLKID_NOTHING],
    });
    const values = parseExport(result.stdout);
    const type = values.get('TYPE') ?? values.get('PTTYPE');
    if (result.code === 0 && type !== undefined) return type;
    if (result.code === 0) return 'something that blkid cannot name';
    return null;
  }

  /**
   * Where a format was begun here, the device need not be blank, so it has to prove that it can be read: its volume may have
   * been formatted and used on another node since.
   */
  async #probeBegun(device: AttachedDevice, wanted: Origin & { readonly readOnly: boolean }): Promise<string | null> {
    if (wanted.readOnly || !(await this.#isBegun(device, wanted))) return null;
    await requireReadable(this.#parts.fs, device, wanted);
    return this.#probe(device);
  }

  async #isBegun({ wwid }: AttachedDevice, { isCreatedBlank }: Origin): Promise<boolean> {
    return isCreatedBlank && (await this.#parts.notes.isFormatting(wwid));
  }

  async #format(
    device: AttachedDevice,
    wanted: Origin & { fsType: FsType; createOptions: readonly string[] },
  ): Promise<void> {
    const { notes, heavyTools } = this.#parts;
    // The rest of a mkfs that was killed on this node is not blank, but was proven so before it began.
    if (!(await this.#isBegun(device, wanted))) {
      await requireBlank(this.#parts.fs, device, wanted);
      await notes.beginFormat(device.wwid);
    }
    const quick = wanted.fsType === 'xfs' ? ['-f', '-K'] : ['-F', '-q', '-m', '0', '-E', 'nodiscard'];
    await heavyTools.run(() =>
      runTool(
        this.#parts.exec,
        `mkfs.${wanted.fsType}`,
        [...quick, ...withoutRepeats(wanted.createOptions, quick), devicePath(device.map.device)],
        {
          timeoutMs: MKFS_TIMEOUT_MS,
          nextStep: 'Check createoptions of the storage class; it is tried again by itself.',
        },
      ),
    );
    await notes.endFormat(device.wwid);
  }

  /** ext4 is checked before a mount, as `fsck -a` at boot does; xfs replays its log itself, and xfs_repair needs a person. */
  async #check(device: AttachedDevice, fsType: FsType): Promise<void> {
    if (fsType !== 'ext4') return;
    await this.#parts.heavyTools.run(() =>
      runTool(this.#parts.exec, 'fsck.ext4', ['-a', devicePath(device.map.device)], {
        timeoutMs: FSCK_TIMEOUT_MS,
        nextStep: 'The file system has errors that need a person: run e2fsck on the node, or restore a snapshot.',
        accept: FSCK_FINE,
      }),
    );
  }

  /** Size in bytes as the file system itself says; statfs leaves its metadata out. */
  async #size(device: AttachedDevice, fsType: FsType, mountPath: string): Promise<number> {
    const call = { timeoutMs: PROBE_TIMEOUT_MS, nextStep: 'It is tried again by itself.' };
    const isXfs = fsType === 'xfs';
    const { stdout } = isXfs
      ? await runTool(this.#parts.exec, 'xfs_growfs', ['-n', mountPath], call)
      : await runTool(this.#parts.exec, 'dumpe2fs', ['-h', devicePath(device.map.device)], call);
    const data = /^data\s*=.*?bsize=(\d+)\s+blocks=(\d+)/m.exec(stdout);
    const [size, count] = isXfs
      ? [data?.[1], data?.[2]]
      : [/^Block size:\s+(\d+)/m.exec(stdout)?.[1], /^Block count:\s+(\d+)/m.exec(stdout)?.[1]];
    if (size !== undefined && count !== undefined) return Number(size) * Number(count);
    throw new PsoError(
      'tool-output-unreadable',
      `Volume ${device.wwid}: its ${fsType} size could not be read from the tool's output.`,
      'Please report the versions of e2fsprogs and xfsprogs in the image.',
      { finality: 'in-doubt' },
    );
  }
}

/** A class's own option replaces the driver's of the same name; single flags are not given twice. */
function withoutRepeats(options: readonly string[], quick: readonly string[]): readonly string[] {
  return options.filter(option => !(/^-[fFqK]$/.test(option) && quick.includes(option)));
}

function requireSameType(device: AttachedDevice, found: string, wanted: FsType): void {
  if (found === wanted) return;
  throw new PsoError(
    'other-file-system',
    `Volume ${device.wwid} holds ${found}, but ${wanted} was asked for; nothing was changed.`,
    `Set csi.storage.k8s.io/fstype (or fsType of the volume) to what it holds, if that is a file system.`,
  );
}

const unformattedReadOnly = (device: AttachedDevice): PsoError =>
  new PsoError(
    'read-only-without-file-system',
    `Volume ${device.wwid} has no file system and is asked for read-only.`,
    'Mount it once for writing first.',
  );
