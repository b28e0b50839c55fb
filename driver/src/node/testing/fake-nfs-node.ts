import { PsoError } from '../../domain/errors.ts';
import type { Exec, ExecResult } from '../exec.ts';
import { FakeNode } from './fake-node.ts';

const ok = (stdout = ''): ExecResult => ({ code: 0, stdout, stderr: '' });
const fail = (stderr: string, code = 32): ExecResult => ({ code, stdout: '', stderr });

/** An NFS server as a node sees it. */
export interface FakeNfsServer {
  readonly versions: Set<string>;
  /** Export path → size in bytes; who is not there is not let in. */
  readonly exports: Map<string, number>;
  isDead: boolean;
}

/** A node in memory that mounts NFS, too. What would hang on a dead server ends by its time-out. */
export class FakeNfsNode extends FakeNode {
  readonly servers = new Map<string, FakeNfsServer>();
  /** Mounted paths that a process holds open: a plain or forced unmount finds them busy. */
  readonly busy = new Set<string>();
  /** Device numbers of file systems that have pages to write. */
  readonly dirty = new Set<string>();
  /** Bytes that reached no server: their file system was unmounted first. */
  readonly lost = new Set<string>();
  /** Second place at which all mounts below the kubelet's directory show up, e.g. `/mnt`; empty for none. */
  peer = '';
  #devices = 40;

  readonly #others: Exec['run'];

  constructor() {
    super();
    this.#others = this.run;
    this.run = (program, args, options) => {
      const answer = this.#nfs(program, args);
      if (answer === undefined) return this.#others(program, args, options);
      this.commands.push([program, ...args].join(' '));
      if (answer !== 'hangs') return Promise.resolve(answer);
      return Promise.reject(new PsoError('timeout', `${program} did not end.`, '', { finality: 'in-doubt' }));
    };
  }

  addServer(address: string, exports: Readonly<Record<string, number>>, versions = ['3', '4.1']): FakeNfsServer {
    const server = { versions: new Set(versions), exports: new Map(Object.entries(exports)), isDead: false };
    this.servers.set(address, server);
    return server;
  }

  #nfs(program: string, args: readonly string[]): ExecResult | 'hangs' | undefined {
    const mount = this.kernel.mounts.findLast(({ path }) => path === args.at(-1));
    const server = this.servers.get(mount?.source?.replace(/:[^:]*$/, '') ?? '');
    if (program === 'mount.nfs') return this.#mount(args);
    if (!mount || !server) return undefined;
    if (program === 'umount') return this.#unmount(mount, server, args);
    if (server.isDead) return 'hangs';
    const bytes = server.exports.get(mount.source?.replace(/^.*:/, '') ?? '');
    if (program === 'stat') {
      return bytes === undefined ? fail('Stale file handle', 1) : ok(`1024 ${bytes / 1024} 60 70 1000 900\n`);
    }
    if (program !== 'sync') return undefined;
    this.dirty.delete(mount.device);
    return ok();
  }

  #mount([source = '', path = '', , list = '']: readonly string[]): ExecResult | 'hangs' {
    const [, address = '', exportPath = ''] = /^(.*):(\/.*)$/.exec(source) ?? [];
    const server = this.servers.get(address);
    const version = /vers=([\d.]+)/.exec(list)?.[1] ?? '';
    if (!server || server.isDead) return 'hangs';
    if (!server.versions.has(version)) return fail('mount.nfs: Protocol not supported');
    if (!server.exports.has(exportPath)) return fail(`mount.nfs: access denied by server while mounting ${source}`);
    const same = this.kernel.mounts.find(candidate => candidate.source === source);
    const device = same?.device ?? `0:${(this.#devices += 1)}`;
    const fsType = version === '3' ? 'nfs' : 'nfs4';
    const mount = { path, device, root: '/', fsType, source, readOnly: list.split(',').includes('ro') };
    this.kernel.mounts.push(mount, ...(this.peer ? [{ ...mount, path: `${this.peer}${path}` }] : []));
    return ok();
  }

  #unmount(
    mount: FakeNode['kernel']['mounts'][number],
    server: FakeNfsServer,
    args: readonly string[],
  ): ExecResult | 'hangs' {
    // Without these, umount(8) looks into the mount or asks the server.
    if (server.isDead && !(args.includes('-i') && args.includes('-c'))) return 'hangs';
    if (this.busy.has(mount.path) && !args.includes('-l')) return fail('target is busy');
    const gone = (path: string) => path === mount.path || path === `${this.peer}${mount.path}`;
    const last = this.kernel.mounts.findLastIndex(({ path }) => path === mount.path);
    this.kernel.mounts = this.kernel.mounts.filter(({ path }, index) => index !== last && !(this.peer && gone(path)));
    if (this.kernel.mounts.some(({ device }) => device === mount.device)) return ok();
    if (!this.dirty.has(mount.device)) return ok();
    this.lost.add(mount.device);
    // The name goes first, then the kernel waits for its writes.
    return server.isDead ? 'hangs' : ok();
  }
}
