import { MiB, SECTOR_BYTES } from '../../domain/bytes.ts';

/** A volume on the pretended array. */
export interface FakeVolume {
  readonly wwid: string;
  bytes: number;
  /** What blkid finds: a file system type, or null. */
  content: string | null;
  /** Offsets that hold a byte other than 0, without being a known format. */
  readonly stains: Set<number>;
}

export interface FakeSession {
  readonly id: number;
  readonly portal: string;
  readonly targetIqn: string;
}

/** A Fibre Channel port of the node and one of an array that it has met. */
export interface FakePair {
  readonly host: number;
  readonly target: number;
  /** 16 lower-case hex digits each. */
  readonly ownWwpn: string;
  readonly wwpn: string;
  /** As in sysfs: `Online`, `Blocked`, `Not Present`; the node's own port is online with any of its pairs. */
  state: string;
  roles: string;
}

export interface FakeDisk {
  readonly name: string;
  readonly session: FakeSession | FakePair;
  readonly lun: number;
  /** As cached by the kernel: stale until a rescan. */
  wwid: string;
  bytes: number;
  /** Devices of others that sit on it, e.g. `dm-9`. */
  readonly foreignHolders: string[];
  /** A path that is down does not learn new sizes. */
  isDown: boolean;
}

export interface FakeMap {
  readonly device: string;
  readonly wwid: string;
  bytes: number;
  slaves: string[];
  readonly holders: string[];
}

export interface FakeMount {
  readonly source?: string;
  readonly path: string;
  readonly device: string;
  readonly root: string;
  readonly fsType: string;
  readonly readOnly: boolean;
}

/** What the kernel of a node and the array behind it do, as far as the node side sees it through sysfs. */
export class FakeKernel {
  readonly volumes = new Map<string, FakeVolume>();
  /** LUN number → WWID, as the array maps it to this host. */
  readonly luns = new Map<number, string>();
  sessions: FakeSession[] = [];
  pairs: FakePair[] = [];
  disks: FakeDisk[] = [];
  maps: FakeMap[] = [];
  mounts: FakeMount[] = [];
  /** How often multipathd still builds a removed map anew while its paths are there. */
  comebacks = 0;
  hasMultipathd = true;
  /** multipathd hears of a disk's new identity before anybody else looks. */
  isMultipathdQuick = false;
  /** How often multipathd answers that it gives up no path now. */
  delayedRemovals = 0;
  /** How often udev still looks at a map that is to go. */
  looks = 0;
  #counter = 0;

  addVolume(lun: number, wwid: string, bytes = 100 * MiB): FakeVolume {
    const volume: FakeVolume = { wwid, bytes, content: null, stains: new Set() };
    this.volumes.set(wwid, volume);
    this.luns.set(lun, wwid);
    return volume;
  }

  login(targetIqn: string, portal: string): void {
    this.sessions.push({ id: (this.#counter += 1), portal, targetIqn });
  }

  logout(targetIqn: string, portal: string): void {
    const isIt = (session: FakeSession) => session.targetIqn === targetIqn && session.portal === portal;
    const ours = this.sessions.filter(isIt);
    for (const disk of this.disks.filter(({ session }) => ours.some(one => one === session)))
      this.deleteDisk(disk.name);
    this.sessions = this.sessions.filter(session => !isIt(session));
  }

  /** Ports that see each other. */
  addPair(host: number, target: number, ownWwpn: string, wwpn: string): FakePair {
    const pair: FakePair = { host, target, ownWwpn, wwpn, state: 'Online', roles: 'FCP Target' };
    this.pairs.push(pair);
    return pair;
  }

  /** As the kernel does by itself when the links to ports of an array come back. */
  scanAll(wwpns: readonly string[]): void {
    for (const { host, target } of this.pairs.filter(({ wwpn }) => wwpns.includes(wwpn)))
      for (const lun of this.luns.keys()) this.scan(host, target, lun);
  }

  scan(host: number, target: number, lun: number): void {
    const session =
      this.sessions.find(({ id }) => id === host) ??
      this.pairs.find(pair => pair.host === host && pair.target === target && pair.state === 'Online');
    const volume = this.volumes.get(this.luns.get(lun) ?? '');
    if (!session || !volume || this.disks.some(disk => disk.session === session && disk.lun === lun)) return;
    const name = `sd${String.fromCharCode(97 + (this.#counter += 1))}`;
    const { wwid, bytes } = volume;
    this.disks.push({ name, session, lun, wwid, bytes, foreignHolders: [], isDown: false });
    this.buildMaps();
  }

  rescan(name: string): void {
    const disk = this.disks.find(candidate => candidate.name === name);
    const volume = disk && this.volumes.get(this.luns.get(disk.lun) ?? '');
    if (!disk || !volume || disk.isDown) return;
    const isOther = disk.wwid !== volume.wwid;
    disk.wwid = volume.wwid;
    disk.bytes = volume.bytes;
    if (isOther && this.isMultipathdQuick && this.removePath(name)) this.buildMaps();
  }

  deleteDisk(name: string): void {
    this.disks = this.disks.filter(disk => disk.name !== name);
    for (const map of this.maps) map.slaves = map.slaves.filter(slave => slave !== name);
  }

  buildMaps(): void {
    if (!this.hasMultipathd) return;
    for (const { wwid, bytes, name } of this.disks) {
      const map = this.maps.find(candidate => candidate.wwid === wwid);
      if (map) map.slaves = [...new Set([...map.slaves, name])];
      else this.maps.push({ device: `dm-${(this.#counter += 1)}`, wwid, bytes, slaves: [name], holders: [] });
    }
  }

  /** The last path takes its map along, if nothing uses that. False, as multipathd's `fail`, if something does. */
  removePath(name: string): boolean {
    const map = this.maps.find(({ slaves }) => slaves.includes(name));
    if (!map) return true;
    if (this.#takeOne('delayedRemovals')) return false;
    if (map.slaves.length === 1 && this.#isUsed(map)) return false;
    map.slaves = map.slaves.filter(slave => slave !== name);
    if (map.slaves.length === 0) this.removeMap(map.wwid);
    return true;
  }

  /** False, as multipathd's `fail`, while something uses it. */
  removeMap(wwid: string): boolean {
    const map = this.maps.find(candidate => candidate.wwid === wwid);
    if (map && (this.#isUsed(map) || this.#takeOne('looks'))) return false;
    this.maps = this.maps.filter(candidate => candidate !== map);
    if (this.comebacks > 0) {
      this.comebacks -= 1;
      this.buildMaps();
    }
    return true;
  }

  /** Mounted or built upon; a bound device node does not count, as long as nobody has it open. */
  #isUsed(map: FakeMap): boolean {
    return this.mounts.some(({ device }) => device === numberOf(map)) || map.holders.length > 0;
  }

  #takeOne(what: 'delayedRemovals' | 'looks'): boolean {
    if (this[what] === 0) return false;
    this[what] -= 1;
    return true;
  }

  /** kpartx, LVM and the like: what is found as sysfs text under a path, or null. */
  attribute(path: string): string | null {
    return this.#ofDisk(path) ?? this.#ofMap(path) ?? this.#ofSession(path) ?? this.#ofPort(path);
  }

  #ofDisk(path: string): string | null {
    const [, name, key] = /^\/sys\/block\/(sd\w+)\/(.+)$/.exec(path) ?? [];
    const disk = this.disks.find(candidate => candidate.name === name);
    if (!disk) return null;
    if (key === 'device/wwid') return `naa.${disk.wwid.slice(1)}\n`;
    if (key === 'size') return `${disk.bytes / SECTOR_BYTES}\n`;
    return key === 'device/state' ? 'running\n' : null;
  }

  #ofMap(path: string): string | null {
    const [, device, key] = /^\/sys\/block\/(dm-\d+)\/(.+)$/.exec(path) ?? [];
    const [, number] = /^\/sys\/dev\/block\/(.+)\/dm\/uuid$/.exec(path) ?? [];
    const map = this.maps.find(candidate => candidate.device === device || numberOf(candidate) === number);
    if (!map) return null;
    if (key === 'dm/uuid' || number !== undefined) return `mpath-${map.wwid}\n`;
    if (key === 'dm/name') return `${map.wwid}\n`;
    if (key === 'size') return `${map.bytes / SECTOR_BYTES}\n`;
    if (key === 'ro') return '0\n';
    return key === 'dev' ? `${numberOf(map)}\n` : null;
  }

  #ofPort(path: string): string | null {
    const [, ownHost] = /^\/sys\/class\/fc_host\/host(\d+)\//.exec(path) ?? [];
    const [, host, target] = /^\/sys\/class\/fc_remote_ports\/rport-(\d+):0-(\d+)\//.exec(path) ?? [];
    const own = this.pairs.find(pair => pair.host === Number(ownHost));
    if (own) return path.endsWith('/port_name') ? `0x${own.ownWwpn}\n` : 'Online\n';
    const pair = this.pairs.find(one => one.host === Number(host) && one.target === Number(target));
    if (!pair) return null;
    if (path.endsWith('/port_name')) return `0x${pair.wwpn}\n`;
    if (path.endsWith('/port_state')) return `${pair.state}\n`;
    return path.endsWith('/roles') ? `${pair.roles}\n` : `${pair.target}\n`;
  }

  #ofSession(path: string): string | null {
    const id = Number(/(?:session|connection)(\d+)/.exec(path)?.[1]);
    const session = this.sessions.find(candidate => candidate.id === id);
    const [address = '', port = ''] = session?.portal.split(':') ?? [];
    if (!session) return null;
    if (path.endsWith('/targetname')) return `${session.targetIqn}\n`;
    if (path.endsWith('/state')) return 'LOGGED_IN\n';
    if (path.endsWith('/persistent_address')) return `${address}\n`;
    return path.endsWith('/persistent_port') ? `${port}\n` : null;
  }
}

/** `254:0` of dm-0, `259:1` of nvme0n1. */
export const numberOf = ({ device }: FakeMap): string =>
  device.startsWith('dm-') ? `254:${device.slice('dm-'.length)}` : `259:${device.replace(/^.*n/, '')}`;
