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

export interface FakeDisk {
  readonly name: string;
  readonly session: FakeSession;
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
  disks: FakeDisk[] = [];
  maps: FakeMap[] = [];
  mounts: FakeMount[] = [];
  /** How often multipathd still builds a removed map anew while its paths are there. */
  comebacks = 0;
  hasMultipathd = true;
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
    for (const disk of this.disks.filter(({ session }) => isIt(session))) this.deleteDisk(disk.name);
    this.sessions = this.sessions.filter(session => !isIt(session));
  }

  scan(sessionId: number, lun: number): void {
    const session = this.sessions.find(({ id }) => id === sessionId);
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
    disk.wwid = volume.wwid;
    disk.bytes = volume.bytes;
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

  /** False, as multipathd's `fail`, while something uses it. */
  removeMap(wwid: string): boolean {
    const map = this.maps.find(candidate => candidate.wwid === wwid);
    if (map && (this.mounts.some(({ device }) => device === numberOf(map)) || map.holders.length > 0)) return false;
    this.maps = this.maps.filter(candidate => candidate !== map);
    if (this.comebacks > 0) {
      this.comebacks -= 1;
      this.buildMaps();
    }
    return true;
  }

  /** kpartx, LVM and the like: what is found as sysfs text under a path, or null. */
  attribute(path: string): string | null {
    return this.#ofDisk(path) ?? this.#ofMap(path) ?? this.#ofSession(path);
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
