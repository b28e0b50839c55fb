import type { Exec, ExecResult } from '../exec.ts';
import type { FsStats, HostFs } from '../host-fs.ts';
import type { FakeSession } from './fake-kernel.ts';
import { FakeKernel, numberOf } from './fake-kernel.ts';

const ok = (stdout = ''): ExecResult => ({ code: 0, stdout, stderr: '' });
const recordFolder = (target: string, portal: string): string =>
  `/etc/iscsi/nodes/${target}/${portal.replace(':', ',')},1`;
const fail = (code: number, stderr: string): ExecResult => ({ code, stdout: '', stderr });

/** A node in memory: FakeKernel's sysfs, a few ordinary files, and the tools that the node side starts. */
export class FakeNode implements HostFs, Exec {
  readonly kernel = new FakeKernel();
  /** Ordinary files and directories (`null`). */
  readonly files = new Map<string, string | null>();
  readonly links = new Map<string, string>();
  /** `program arg arg`, in order. */
  readonly commands: string[] = [];
  /** iscsid's node records, `target,portal`; each is a file, too. */
  readonly records = new Set<string>();
  /** What a target wants to see proven: `user password`. */
  readonly chap = new Map<string, string>();
  /** Parts of iscsiadm's command lines that fail once. */
  readonly failing: string[] = [];
  /** Portals at which nobody answers. */
  readonly deadPortals = new Set<string>();
  /** Devices that are mounted where this process does not see it. */
  readonly claimed = new Set<string>();
  readonly #delays = new Map<string, Promise<void>>();
  /** Program → its answer instead of the usual one. */
  readonly answers = new Map<string, () => ExecResult>();
  /** Bytes that a direct read gives at most: a device that cannot be read. */
  readableBytes = Infinity;

  ran(program: string): readonly string[] {
    return this.commands.filter(command => command.split(' ', 1)[0] === program);
  }

  /** A portal that answers only when the function is called. */
  delay(portal: string): () => void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#delays.set(portal, promise);
    return () => resolve(undefined);
  }

  protected async answerOf(portal: string): Promise<void> {
    await this.#delays.get(portal);
  }

  readText = (path: string): Promise<string | null> => {
    if (path === '/proc/self/mountinfo') return Promise.resolve(this.#mountInfo());
    return Promise.resolve(path.startsWith('/sys/') ? this.kernel.attribute(path) : (this.files.get(path) ?? null));
  };

  writeText = (path: string, text: string): Promise<void> => {
    const disk = /^\/sys\/block\/(sd\w+)\/device\/(rescan|delete)$/.exec(path);
    const scan = /^\/sys\/class\/scsi_host\/host(\d+)\/scan$/.exec(path);
    if (disk?.[2] === 'rescan') this.kernel.rescan(disk[1] ?? '');
    else if (disk) this.kernel.deleteDisk(disk[1] ?? '');
    else if (scan) this.#scan(Number(scan[1]), text);
    else this.files.set(path, text);
    return Promise.resolve();
  };

  #scan(host: number, text: string): void {
    const [, target, lun] = text.split(' ').map(Number);
    this.kernel.scan(host, target ?? NaN, lun ?? NaN);
  }

  list = (path: string): Promise<readonly string[]> => {
    const { kernel } = this;
    const [, device, kind] = /^\/sys\/block\/([\w-]+)\/(slaves|holders)$/.exec(path) ?? [];
    const map = kernel.maps.find(candidate => candidate.device === device);
    if (path === '/sys/block')
      return Promise.resolve([...kernel.disks.map(d => d.name), ...kernel.maps.map(m => m.device)]);
    if (path === '/sys/class/fc_host')
      return Promise.resolve([...new Set(kernel.pairs.map(({ host }) => `host${host}`))]);
    if (path === '/sys/class/fc_remote_ports')
      return Promise.resolve(kernel.pairs.map(({ host, target }) => `rport-${host}:0-${target}`));
    if (path === '/sys/class/iscsi_session') return Promise.resolve(kernel.sessions.map(({ id }) => `session${id}`));
    if (kind === 'slaves') return Promise.resolve(map?.slaves ?? []);
    if (map) return Promise.resolve(map.holders);
    if (!path.startsWith('/sys/')) {
      const names = [...this.files.keys()].filter(file => file.startsWith(`${path}/`));
      return Promise.resolve([...new Set(names.map(file => file.slice(path.length + 1).split('/')[0] ?? ''))]);
    }
    const disk = kernel.disks.find(({ name }) => name === device);
    const above = kernel.maps.filter(({ slaves }) => slaves.includes(device ?? '')).map(({ device: name }) => name);
    return Promise.resolve(disk ? [...above, ...disk.foreignHolders] : []);
  };

  realPath = (path: string): Promise<string | null> => {
    const [, session] = /^\/sys\/class\/iscsi_session\/session(\d+)\/device$/.exec(path) ?? [];
    if (session !== undefined) return Promise.resolve(`/sys/devices/platform/host${session}/session${session}`);
    const [, name] = /^\/sys\/block\/(sd\w+)\/device$/.exec(path) ?? [];
    const disk = this.kernel.disks.find(candidate => candidate.name === name);
    if (disk && 'wwpn' in disk.session) {
      const { host, target } = disk.session;
      const place = `host${host}/rport-${host}:0-${target}/target${host}:0:${target}`;
      return Promise.resolve(`/sys/devices/pci0000:00/${place}/${host}:0:${target}:${disk.lun}`);
    }
    if (disk) {
      const { id } = disk.session as FakeSession;
      return Promise.resolve(`/sys/devices/platform/host${id}/session${id}/target${id}:0:0/${id}:0:0:${disk.lun}`);
    }
    const link = [...this.links].find(([from]) => path === from || path.startsWith(`${from}/`));
    if (link) return Promise.resolve(path.replace(link[0], link[1]));
    return Promise.resolve(this.files.has(path) ? path : null);
  };

  kind: HostFs['kind'] = path => {
    if (this.links.has(path)) return Promise.resolve('symlink');
    if (!this.files.has(path)) return Promise.resolve('missing');
    return Promise.resolve(this.files.get(path) === null ? 'directory' : 'file');
  };

  makeDirectory = (path: string): Promise<void> => {
    for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) this.files.set(at, null);
    return Promise.resolve();
  };

  makeFile = (path: string): Promise<void> => {
    this.files.set(path, '');
    return Promise.resolve();
  };

  remove = (path: string): Promise<void> => {
    this.files.delete(path);
    return Promise.resolve();
  };

  readDevice = (path: string, offset: number, length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(Math.min(length, this.readableBytes));
    for (const stain of this.#volumeAt(path)?.stains ?? []) {
      if (stain >= offset && stain < offset + bytes.length) bytes[stain - offset] = 1;
    }
    return Promise.resolve(bytes);
  };

  isClaimed = (path: string): Promise<boolean> => Promise.resolve(this.claimed.has(path));

  stats = (): Promise<FsStats> =>
    Promise.resolve({ totalBytes: 100, availableBytes: 60, usedBytes: 40, totalInodes: 10, freeInodes: 9 });

  run: Exec['run'] = async (program, args) => {
    this.commands.push([program, ...args].join(' '));
    const answer = this.answers.get(program);
    if (args.includes('--login')) await this.answerOf(args[5] ?? '');
    return answer ? answer() : this.#usual(program, args);
  };

  #usual(program: string, args: readonly string[]): ExecResult {
    const last = args.at(-1) ?? '';
    switch (program) {
      case 'iscsiadm':
        return this.#iscsiadm(args);
      case 'multipathd':
        return this.#multipathd(args);
      case 'blkid': {
        const content = this.#volumeAt(last)?.content;
        return content ? ok(`DEVNAME=${last}\nTYPE=${content}\n`) : fail(2, '');
      }
      case 'mkfs.ext4':
      case 'mkfs.xfs': {
        const volume = this.#volumeAt(last);
        if (volume) volume.content = program.slice('mkfs.'.length);
        return ok();
      }
      case 'mount':
        return this.#mount(args);
      case 'umount':
        return this.#umount(last);
      case 'dumpe2fs':
        return ok(
          `Block count:              ${(this.#volumeAt(last)?.bytes ?? 0) / 1024}\nBlock size:               1024\n`,
        );
      default:
        return ok();
    }
  }

  #iscsiadm(args: readonly string[]): ExecResult {
    const [target = '', portal = ''] = [args[3], args[5]];
    const failing = this.failing.findIndex(part => args.join(' ').includes(part));
    if (failing >= 0) {
      this.failing.splice(failing, 1);
      return fail(6, 'could not stat a record');
    }
    if (args.includes('new')) this.#makeRecord(target, portal);
    if (args.includes('delete')) this.#removeRecord(target, portal);
    if (args.includes('--login') && this.deadPortals.has(portal)) return fail(8, 'connection timed out');
    const refusal = args.includes('--login') ? this.#chapRefusal(target, portal) : null;
    if (refusal !== null) return fail(refusal, 'login failure');
    if (args.includes('--login')) this.kernel.login(target, portal);
    if (args.includes('--logout')) this.kernel.logout(target, portal);
    return ok();
  }

  #makeRecord(target: string, portal: string): void {
    this.records.add(`${target},${portal}`);
    const folder = recordFolder(target, portal);
    if (this.files.has(folder)) return;
    void this.makeDirectory(folder);
    this.files.set(`${folder}/default`, `# BEGIN RECORD\nnode.name = ${target}\n# END RECORD\n`);
  }

  #removeRecord(target: string, portal: string): void {
    this.records.delete(`${target},${portal}`);
    for (const file of [`${recordFolder(target, portal)}/default`, recordFolder(target, portal)])
      this.files.delete(file);
  }

  /** As LIO: who asks for nothing takes an offer for a fatal error. */
  #chapRefusal(target: string, portal: string): number | null {
    const wanted = this.chap.get(target);
    const record = this.files.get(`${recordFolder(target, portal)}/default`) ?? '';
    const [, user = ''] = /^node\.session\.auth\.username = (.*)$/m.exec(record) ?? [];
    const [, password = ''] = /^node\.session\.auth\.password = (.*)$/m.exec(record) ?? [];
    if (wanted === undefined) return user === '' ? null : 19;
    return wanted === `${user} ${password}` ? null : 24;
  }

  #multipathd(args: readonly string[]): ExecResult {
    const [verb, kind, name = ''] = args;
    const map = this.kernel.maps.find(({ wwid }) => wwid === name);
    if (verb === 'del' && kind === 'path') return ok(this.kernel.removePath(name) ? 'ok\n' : 'fail\n');
    if (verb === 'del') return ok(this.kernel.removeMap(name) ? 'ok\n' : 'fail\n');
    if (verb !== 'resize' || !map) return ok('ok\n');
    const sizes = this.kernel.disks.filter(disk => map.slaves.includes(disk.name)).map(({ bytes }) => bytes);
    map.bytes = Math.min(...sizes);
    return ok('ok\n');
  }

  #mount(args: readonly string[]): ExecResult {
    const [source = '', path = ''] = args.slice(-2);
    const options = (args[args.indexOf('-o') + 1] ?? '').split(',');
    const readOnly = options.includes('ro');
    const map = this.kernel.maps.find(({ device }) => source === `/dev/${device}`);
    const below = this.kernel.mounts.findLast(mount => mount.path === source);
    if (options.includes('bind')) {
      const bound = below ?? { device: '0:6', root: source.replace('/dev', ''), fsType: 'devtmpfs' };
      this.kernel.mounts.push({ ...bound, path, readOnly });
    } else if (map) {
      this.kernel.mounts.push({ path, device: numberOf(map), root: '/', fsType: args[1] ?? '', readOnly });
    }
    return ok();
  }

  #umount(path: string): ExecResult {
    const at = this.kernel.mounts.findLastIndex(mount => mount.path === path);
    if (at < 0) return fail(32, 'not mounted');
    this.kernel.mounts.splice(at, 1);
    return ok();
  }

  #volumeAt(path: string) {
    const map = this.kernel.maps.find(({ device }) => path === `/dev/${device}`);
    return map && this.kernel.volumes.get(map.wwid);
  }

  #mountInfo(): string {
    return this.kernel.mounts
      .map(
        ({ path, device, root, fsType, source, readOnly }, index) =>
          `${index} 1 ${device} ${root} ${path} ${readOnly ? 'ro' : 'rw'} - ${fsType} ${source ?? 'none'} rw`,
      )
      .join('\n');
  }
}
