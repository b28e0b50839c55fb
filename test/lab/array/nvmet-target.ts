import { ensureFolder, ensureLink, names, read, removeFolder, removeLink, write } from './configfs.ts';

const NVMET = '/sys/kernel/config/nvmet';
const TRANSPORTS = ['tcp', 'rdma'] as const;
type Transport = (typeof TRANSPORTS)[number];
/** Which hosts a volume is connected to: nvmet itself knows only who may come in. Gone with the guest, as its targets are. */
const CONNECTIONS = '/run/nvme-connections';
const NO_UUID = '00000000-0000-0000-0000-000000000000';

/** False for a kernel without NVMe target support. */
export const servesNvme = async (): Promise<boolean> => (await names(NVMET)).includes('subsystems');

/** NGUID of a FlashArray's volume: its serial with the vendor's OUI in the middle. */
export const nguidOf = (serial: string): string => `00${serial.slice(0, 14)}24a937${serial.slice(14)}`.toLowerCase();

const connectionsOf = (serial: string): string => `${CONNECTIONS}/${serial.toLowerCase()}`;
const plainNguid = async (folder: string): Promise<string | undefined> =>
  (await read(`${folder}/device_nguid`))?.replaceAll('-', '');

/**
 * One NVMe subsystem: a simulated array, with a controller for each host and portal.
 * Not as on the real thing: a host that is connected to any volume of an array sees those of its other hosts, too, because
 * nvmet shows all namespaces of a subsystem to everybody it lets in.
 */
export class NvmetTarget {
  readonly #nqn: string;
  readonly #folder: string;

  constructor(nqn: string) {
    this.#nqn = nqn;
    this.#folder = `${NVMET}/subsystems/${nqn}`;
  }

  /** Subsystem on the given portals, closed to hosts that are connected to no volume. */
  async create(portals: Readonly<Record<Transport, readonly string[]>>): Promise<void> {
    if (!(await names(`${NVMET}/subsystems`)).includes(this.#nqn)) {
      await ensureFolder(this.#folder);
      await write(`${this.#folder}/attr_model`, 'Pure Storage FlashArray');
      await write(`${this.#folder}/attr_allow_any_host`, '0');
    }
    for (const transport of TRANSPORTS) {
      for (const portal of portals[transport]) {
        await ensureLink(this.#folder, `${await ensurePort(transport, portal)}/subsystems/${this.#nqn}`);
      }
    }
  }

  /** Lets hosts see the volume on `device` as namespace `nsid`. */
  async connect(serial: string, nsid: number, device: string, hosts: readonly string[]): Promise<void> {
    const folder = `${this.#folder}/namespaces/${nsid}`;
    await ensureFolder(CONNECTIONS);
    await ensureFolder(connectionsOf(serial));
    for (const host of hosts) {
      await ensureFolder(`${connectionsOf(serial)}/${host}`);
      await ensureFolder(`${NVMET}/hosts/${host}`);
      await ensureLink(`${NVMET}/hosts/${host}`, `${this.#folder}/allowed_hosts/${host}`);
    }
    if (await isEnabled(folder)) return;
    await ensureFolder(folder);
    await write(`${folder}/device_path`, device);
    await write(`${folder}/device_nguid`, nguidOf(serial));
    // Else the kernel makes one up, and hosts would know the namespace by that.
    await write(`${folder}/device_uuid`, NO_UUID);
    await write(`${folder}/enable`, '1');
  }

  /** Hosts see it no longer; returns whether others still do. A number that is another volume's now is left alone. */
  async disconnect(serial: string, nsid: number, hosts: readonly string[]): Promise<boolean> {
    for (const host of hosts) await removeFolder(`${connectionsOf(serial)}/${host}`);
    const isStillConnected = (await names(connectionsOf(serial))).length > 0;
    const folder = `${this.#folder}/namespaces/${nsid}`;
    const isThere = (await names(`${this.#folder}/namespaces`)).includes(String(nsid));
    if (!isStillConnected) await removeFolder(connectionsOf(serial));
    if (!isStillConnected && isThere && (await plainNguid(folder)) === nguidOf(serial)) {
      if (await isEnabled(folder)) await write(`${folder}/enable`, '0');
      await removeFolder(folder);
    }
    for (const host of hosts) await this.#shutOutIfUnconnected(host);
    return isStillConnected;
  }

  async #shutOutIfUnconnected(host: string): Promise<void> {
    const own = await Promise.all((await this.#serials()).map(serial => names(connectionsOf(serial))));
    if (!own.flat().includes(host)) await removeLink(`${this.#folder}/allowed_hosts/${host}`);
  }

  /** Of the volumes that are namespaces of this array. */
  async #serials(): Promise<readonly string[]> {
    const nsids = await names(`${this.#folder}/namespaces`);
    const nguids = await Promise.all(nsids.map(nsid => plainNguid(`${this.#folder}/namespaces/${nsid}`)));
    return (await names(CONNECTIONS)).filter(serial => nguids.includes(nguidOf(serial)));
  }
}

/** Whether a volume is connected to any host by NVMe. */
export async function isConnected(serial: string): Promise<boolean> {
  return (await names(connectionsOf(serial))).length > 0;
}

/** Hosts are told of the new size. */
export async function announceSize(serial: string): Promise<void> {
  for (const folder of await namespaceFolders()) {
    if ((await plainNguid(folder)) === nguidOf(serial)) await write(`${folder}/revalidate_size`, '1');
  }
}

export interface NvmeConnection {
  readonly serial: string;
  readonly host: string;
}

export async function listConnections(): Promise<readonly NvmeConnection[]> {
  const serials = await names(CONNECTIONS);
  const rows = serials.map(async serial => (await names(`${CONNECTIONS}/${serial}`)).map(host => ({ serial, host })));
  return (await Promise.all(rows)).flat();
}

async function namespaceFolders(): Promise<readonly string[]> {
  const subsystems = await names(`${NVMET}/subsystems`);
  const folders = subsystems.map(async nqn => {
    const folder = `${NVMET}/subsystems/${nqn}/namespaces`;
    return (await names(folder)).map(nsid => `${folder}/${nsid}`);
  });
  return (await Promise.all(folders)).flat();
}

async function isEnabled(namespace: string): Promise<boolean> {
  return (await read(`${namespace}/enable`)) === '1';
}

/** One for each transport and address, shared by all arrays. Its folder; made when there is none. */
async function ensurePort(transport: Transport, portal: string): Promise<string> {
  const [address = '', service = ''] = portal.split(/:(?=\d+$)/u);
  const ports = await names(`${NVMET}/ports`);
  for (const port of ports) {
    const settings = ['addr_trtype', 'addr_traddr', 'addr_trsvcid'];
    const found = await Promise.all(settings.map(setting => read(`${NVMET}/ports/${port}/${setting}`)));
    if (found.join() === [transport, address, service].join()) return `${NVMET}/ports/${port}`;
  }
  const folder = `${NVMET}/ports/${Math.max(0, ...ports.map(Number)) + 1}`;
  await ensureFolder(folder);
  const settings = { addr_trtype: transport, addr_adrfam: 'ipv4', addr_traddr: address, addr_trsvcid: service };
  for (const [file, value] of Object.entries(settings)) await write(`${folder}/${file}`, value);
  return folder;
}
