import { MiB, SECTOR_BYTES } from '../../domain/bytes.ts';
import type { FakeMap, FakeVolume } from './fake-kernel.ts';
import { numberOf } from './fake-kernel.ts';
import { FakeNode } from './fake-node.ts';

/** A connection to one portal. */
export interface FakeController {
  readonly name: string;
  readonly nqn: string;
  /** As the kernel names it. */
  readonly transport: 'tcp' | 'rdma';
  readonly portal: string;
  /** The options it was made with, as written to the kernel. */
  readonly options: string;
  isLive: boolean;
}

/** A namespace as one controller shows it: what the kernel last heard. */
interface FakePath {
  readonly name: string;
  readonly controller: FakeController;
  readonly head: FakeMap;
  readonly nsid: number;
  readonly wwid: string;
  bytes: number;
}

const FABRICS = '/dev/nvme-fabrics';

/** A node in memory that has NVMe over TCP and RDMA with native multipathing, and the array behind it. */
export class FakeNvmeNode extends FakeNode {
  /** NSID → WWID, as the array maps it to this host. */
  readonly namespaces = new Map<number, string>();
  controllers: FakeController[] = [];
  /** Portals in the order in which the kernel was asked to connect them. */
  readonly attempts: string[] = [];
  paths: FakePath[] = [];
  /** `Y`, or what else the kernel was booted with. */
  multipath: string | null = 'Y';
  /** Those whose modules the kernel has. */
  transports: readonly string[] = ['tcp', 'rdma'];
  /** Network cards that speak RDMA. */
  rdmaDevices: readonly string[] = ['mlx5_0'];
  /** How many scans do not come to what the array has, as scans run later than they are asked for. */
  lazyScans = 0;
  #counter = 0;

  readonly #others = { readText: this.readText, writeText: this.writeText, list: this.list };

  constructor() {
    super();
    this.files.set(FABRICS, '');
    this.files.set('/etc/nvme/hostnqn', 'nqn.2014-08.org.nvmexpress:uuid:6c4b1e3a-0000-4000-8000-00000000abcd\n');
    this.readText = path => {
      const text = this.#attribute(path);
      return text === undefined ? this.#others.readText(path) : Promise.resolve(text);
    };
    this.list = path => {
      const names = this.#names(path);
      return names === undefined ? this.#withPaths(path) : Promise.resolve(names);
    };
    this.writeText = (path, text) => {
      const [, name, action] = /^\/sys\/class\/nvme\/(nvme\d+)\/(rescan|delete)_controller$/.exec(path) ?? [];
      if (path === FABRICS) return this.#connect(text);
      if (action === undefined) return this.#others.writeText(path, text);
      if (action === 'rescan') this.scan();
      else this.disconnect(name ?? '');
      return Promise.resolve();
    };
  }

  /** A volume that the array connects to this host. */
  addNamespace(nsid: number, wwid: string, bytes = 100 * MiB): FakeVolume {
    const volume = this.kernel.volumes.get(wwid) ?? { wwid, bytes, content: null, stains: new Set<number>() };
    this.kernel.volumes.set(wwid, volume);
    this.namespaces.set(nsid, wwid);
    return volume;
  }

  /** By hand, as an administrator would. */
  connect(nqn: string, portal: string, options = ''): FakeController {
    const transport = options.includes('transport=rdma') ? 'rdma' : 'tcp';
    const name = `nvme${(this.#counter += 1)}`;
    const controller: FakeController = { name, nqn, transport, portal, options, isLive: true };
    this.controllers.push(controller);
    this.scan();
    return controller;
  }

  disconnect(name: string): void {
    this.controllers = this.controllers.filter(controller => controller.name !== name);
    this.#keepPaths(path => path.controller.name !== name);
  }

  /** Each live controller comes to what the array has; one that is down keeps what it knew. */
  scan(): void {
    if (this.lazyScans > 0) {
      this.lazyScans -= 1;
      return;
    }
    this.#keepPaths(({ controller, nsid, wwid }) => !controller.isLive || this.namespaces.get(nsid) === wwid);
    for (const controller of this.controllers.filter(({ isLive }) => isLive)) {
      for (const [nsid, wwid] of this.namespaces) this.#scanOne(controller, nsid, wwid);
    }
  }

  #scanOne(controller: FakeController, nsid: number, wwid: string): void {
    const bytes = this.kernel.volumes.get(wwid)?.bytes ?? 0;
    const known = this.paths.find(path => path.controller === controller && path.nsid === nsid);
    if (known) known.bytes = bytes;
    else this.#addPath(controller, nsid, wwid, bytes);
    const head = this.paths.find(path => path.controller === controller && path.nsid === nsid)?.head;
    if (head) head.bytes = bytes;
  }

  #addPath(controller: FakeController, nsid: number, wwid: string, bytes: number): void {
    const sibling = this.paths.find(path => path.head.wwid === wwid);
    // Known at another number still: the kernel refuses the new one.
    if (sibling && sibling.nsid !== nsid) return;
    const head = sibling?.head ?? this.#addHead(wwid, bytes);
    const name = head.device.replace('nvme0n', `nvme0c${controller.name.slice('nvme'.length)}n`);
    head.slaves = [...head.slaves, name];
    this.paths.push({ name, controller, head, nsid, wwid, bytes });
  }

  #addHead(wwid: string, bytes: number): FakeMap {
    const head: FakeMap = { device: `nvme0n${(this.#counter += 1)}`, wwid, bytes, slaves: [], holders: [] };
    this.kernel.maps.push(head);
    return head;
  }

  #keepPaths(isKept: (path: FakePath) => boolean): void {
    this.paths = this.paths.filter(isKept);
    this.kernel.maps = this.kernel.maps.filter(
      map => !map.device.startsWith('nvme') || this.paths.some(({ head }) => head === map),
    );
    for (const map of this.kernel.maps) {
      if (map.device.startsWith('nvme'))
        map.slaves = map.slaves.filter(name => this.paths.some(path => path.name === name));
    }
  }

  async #connect(options: string): Promise<void> {
    const [, address = ''] = /traddr=([^,]+)/.exec(options) ?? [];
    const [, port = ''] = /trsvcid=(\d+)/.exec(options) ?? [];
    const [, nqn = ''] = /^nqn=([^,]+)/.exec(options) ?? [];
    const portal = `${address}:${port}`;
    const failure = (code: string) => Object.assign(new Error(`${code}: write`), { code });
    this.attempts.push(portal);
    await this.answerOf(portal);
    if (this.deadPortals.has(portal)) throw failure('ETIMEDOUT');
    const [, transport = ''] = /transport=(\w+)/.exec(options) ?? [];
    if (!this.transports.includes(transport)) throw failure('EINVAL');
    if (transport === 'rdma' && this.rdmaDevices.length === 0) throw failure('ENODEV');
    const isSame = (one: FakeController) => one.portal === portal && one.nqn === nqn && one.transport === transport;
    if (this.controllers.some(isSame)) throw failure('EALREADY');
    this.connect(nqn, portal, options);
  }

  #attribute(path: string): string | null | undefined {
    if (path === '/sys/module/nvme_core/parameters/multipath') return this.multipath;
    const [, controllerName, key] = /^\/sys\/class\/nvme\/(nvme\d+)\/(\w+)$/.exec(path) ?? [];
    const controller = this.controllers.find(({ name }) => name === controllerName);
    if (controllerName !== undefined) return controller ? ofController(controller, key ?? '') : null;
    const [, device, attribute] = /^\/sys\/block\/(nvme\w+)\/([\w/]+)$/.exec(path) ?? [];
    if (device === undefined) return undefined;
    const of = this.paths.find(({ name, head }) => name === device || head.device === device);
    if (!of) return null;
    return ofNamespace(of, of.name === device ? of.bytes : of.head.bytes, attribute ?? '');
  }

  #names(path: string): readonly string[] | undefined {
    if (path === '/sys/class/infiniband') return this.rdmaDevices;
    if (path === '/sys/class/nvme') return this.controllers.map(({ name }) => name);
    return /^\/sys\/block\/nvme\w+$/.test(path) ? [] : undefined;
  }

  async #withPaths(path: string): Promise<readonly string[]> {
    const names = await this.#others.list(path);
    return path === '/sys/block' ? [...names, ...this.paths.map(({ name }) => name)] : names;
  }
}

function ofController({ nqn, transport, portal, isLive }: FakeController, key: string): string | null {
  const [address = '', port = ''] = portal.split(':');
  const values: Readonly<Record<string, string>> = {
    transport,
    subsysnqn: nqn,
    address: `traddr=${address},trsvcid=${port},src_addr=10.0.1.9`,
    state: isLive ? 'live' : 'connecting',
  };
  return key in values ? `${values[key] ?? ''}\n` : null;
}

function ofNamespace({ controller, head, nsid, wwid }: FakePath, bytes: number, key: string): string | null {
  const values: Readonly<Record<string, string>> = {
    // As the kernel prints an NGUID.
    nguid: wwid.slice('eui.'.length).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    nsid: String(nsid),
    size: String(bytes / SECTOR_BYTES),
    ana_state: 'optimized',
    dev: numberOf(head),
    ro: '0',
    'device/subsysnqn': controller.nqn,
  };
  return key in values ? `${values[key] ?? ''}\n` : null;
}
