import { wwidOf } from '../domain/volume.ts';
import { readAttribute } from './block-devices.ts';
import { listFcPorts, listRemotePorts } from './fc/fc-ports.ts';
import type { HostFs } from './host-fs.ts';
import { listControllers } from './nvme/controllers.ts';
import { listNamespaces } from './nvme/namespaces.ts';
import { listRdmaDevices, type RdmaDevice } from './nvme/rdma-devices.ts';

const SESSIONS = '/sys/class/iscsi_session';
/** NAA prefix of every Pure volume's WWID, and IQN prefix of every Pure array. */
const OUR_WWID = wwidOf('');
const OUR_MAP = `mpath-${OUR_WWID}`;
/** The vendor's OUI in the middle of every Pure volume's NGUID. */
const OUR_NGUID = /^eui\.00[0-9a-f]{14}24a937[0-9a-f]{10}$/;
const OUR_TARGET = 'iqn.2010-06.com.purestorage:';
/** NAA 5 and the vendor's OUI: port names of Pure arrays. */
const OUR_PORT = '524a937';
const OUR_SUBSYSTEM = 'nqn.2010-06.com.purestorage:';

export interface VolumePaths {
  readonly wwid: string;
  readonly running: number;
  readonly down: number;
}

/** How this node is connected to its Pure volumes, whoever attached them. */
export interface PathHealth {
  /** By iSCSI. */
  readonly sessions: readonly { readonly isLoggedIn: boolean }[];
  /** By NVMe/TCP or RoCE, one a portal. */
  readonly controllers: readonly { readonly isLive: boolean }[];
  /** Fibre Channel ports of this node, whatever they are used for. */
  readonly fcPorts: readonly { readonly wwpn: string; readonly isOnline: boolean }[];
  /** One for each of them and each port of an array that it has met. */
  readonly fcPaths: readonly { readonly isOnline: boolean }[];
  /** Network cards of this node that speak RDMA, whatever they are used for. */
  readonly rdmaDevices: readonly RdmaDevice[];
  readonly volumes: readonly VolumePaths[];
}

async function readVolume(fs: HostFs, map: string): Promise<VolumePaths | null> {
  const uuid = await readAttribute(fs, `/sys/block/${map}/dm/uuid`);
  if (uuid?.startsWith(OUR_MAP) !== true) return null;
  const slaves = await fs.list(`/sys/block/${map}/slaves`);
  const states = await Promise.all(slaves.map(slave => readAttribute(fs, `/sys/block/${slave}/device/state`)));
  const running = states.filter(state => state === 'running').length;
  return { wwid: uuid.slice('mpath-'.length), running, down: states.length - running };
}

async function readNamespaces(fs: HostFs): Promise<readonly VolumePaths[]> {
  const ours = (await listNamespaces(fs)).filter(({ wwid }) => OUR_NGUID.test(wwid));
  return ours.map(({ wwid, paths }) => {
    const running = paths.filter(({ state }) => state === 'running').length;
    return { wwid, running, down: paths.length - running };
  });
}

async function readSession(fs: HostFs, name: string): Promise<{ isLoggedIn: boolean } | null> {
  const [target, state] = await Promise.all([
    readAttribute(fs, `${SESSIONS}/${name}/targetname`),
    readAttribute(fs, `${SESSIONS}/${name}/state`),
  ]);
  return target?.startsWith(OUR_TARGET) === true ? { isLoggedIn: state === 'LOGGED_IN' } : null;
}

/** From sysfs alone: no process is started, no device is touched, so a path that hangs holds nothing up. */
export async function readPathHealth(fs: HostFs): Promise<PathHealth> {
  const [devices, sessions] = await Promise.all([fs.list('/sys/block'), fs.list(SESSIONS)]);
  const maps = devices.filter(name => /^dm-\d+$/.test(name));
  const [volumes, namespaces, ours, controllers, fcPorts, remotePorts, rdmaDevices] = await Promise.all([
    Promise.all(maps.map(map => readVolume(fs, map))),
    readNamespaces(fs),
    Promise.all(sessions.map(session => readSession(fs, session))),
    listControllers(fs),
    listFcPorts(fs),
    listRemotePorts(fs),
    listRdmaDevices(fs),
  ]);
  return {
    sessions: ours.filter(session => session !== null),
    controllers: controllers
      .filter(({ targetNqn }) => targetNqn.startsWith(OUR_SUBSYSTEM))
      .map(({ isLive }) => ({ isLive })),
    fcPorts: fcPorts.map(({ wwpn, isOnline }) => ({ wwpn, isOnline })),
    fcPaths: remotePorts
      .filter(({ wwpn, isOther }) => wwpn.startsWith(OUR_PORT) && !isOther)
      .map(({ path }) => ({ isOnline: path !== null })),
    rdmaDevices,
    volumes: [...volumes.filter(volume => volume !== null), ...namespaces],
  };
}
