import type { SanType } from '../domain/array.ts';
import type { NodeFinding, NodePaths, NodeReport } from '../domain/node-report.ts';
import type { PathHealth } from './path-health.ts';

export type NodeBasics = Pick<NodeReport, 'initiators' | 'addresses'> & {
  /** By which volumes are to be reached, each of some arrays. */
  readonly sanTypes: readonly SanType[];
};

/** A switch that fails takes paths of all volumes at once: the first ones tell it. */
const MAX_VOLUMES = 10;

/** What arrays know a node by, and where it comes from. */
const INITIATORS = {
  iscsi: {
    key: 'iqn',
    name: 'iSCSI initiator name',
    remedy: 'Install open-iscsi (iscsi-initiator-utils), which writes /etc/iscsi/initiatorname.iscsi.',
  },
  'nvme-tcp': { key: 'nqn', name: 'NVMe host name', remedy: 'Install nvme-cli, which writes /etc/nvme/hostnqn.' },
  'nvme-roce': { key: 'nqn', name: 'NVMe host name', remedy: 'Install nvme-cli, which writes /etc/nvme/hostnqn.' },
  fc: { key: 'wwpns', name: 'Fibre Channel port', remedy: 'Check the adapter and its driver.' },
} as const;

/** Where there are several protocols, a node may be far from the arrays of one of them. */
const severityOf = ({ sanTypes }: NodeBasics): NodeFinding['severity'] => (sanTypes.length > 1 ? 'Warning' : 'Error');

function initiatorMissing(basics: NodeBasics): readonly NodeFinding[] {
  return basics.sanTypes.flatMap(sanType => {
    const { key, name, remedy } = INITIATORS[sanType];
    if (basics.initiators[key] !== undefined) return [];
    const message = `The node has no ${name}, so no block volume can be attached to it by ${sanType}. ${remedy}`;
    return [{ check: 'initiator', severity: severityOf(basics), message }];
  });
}

const NO_ADDRESS: NodeFinding = {
  check: 'node-address',
  severity: 'Error',
  message:
    'The node has no address from which an array could be reached, so no file system is exported to it. Give one of its network cards an address.',
};

/** What is wrong with this node as seen from its own files; nothing is tried out. */
export function nodeFindings(basics: NodeBasics, health: PathHealth): readonly NodeFinding[] {
  const missing = health.volumes.filter(({ down }) => down > 0);
  const away = health.sessions.filter(({ isLoggedIn }) => !isLoggedIn).length;
  const lost = health.controllers.filter(({ isLive }) => !isLive).length;
  const absent = health.fcPaths.filter(({ isOnline }) => !isOnline).length;
  return [
    ...initiatorMissing(basics),
    ...(basics.addresses.length === 0 ? [NO_ADDRESS] : []),
    ...(away > 0 ? [sessionsAway(away, health.sessions.length)] : []),
    ...noLink(basics, health),
    ...noRdma(basics, health),
    ...(absent > 0 ? [fcPathsAway(absent, health.fcPaths.length)] : []),
    ...(lost > 0 ? [controllersLost(lost, health.controllers.length)] : []),
    ...missing.slice(0, MAX_VOLUMES).map(({ wwid, running, down }): NodeFinding => ({
      check: 'multipath-paths',
      severity: running === 0 ? 'Error' : 'Warning',
      message: `${down} of ${running + down} paths to the volume with WWID ${wwid} are down. Check cables, switches and the array's ports.`,
    })),
  ];
}

const sessionsAway = (away: number, all: number): NodeFinding => ({
  check: 'iscsi-sessions',
  severity: away === all ? 'Error' : 'Warning',
  message: `${away} of ${all} iSCSI sessions to arrays are not logged in. Check the network between the node and the portals of its arrays.`,
});

const controllersLost = (lost: number, all: number): NodeFinding => ({
  check: 'nvme-controllers',
  severity: lost === all ? 'Error' : 'Warning',
  message: `${lost} of ${all} NVMe controllers of arrays are not live. Check the network between the node and the portals of its arrays.`,
});

/** A port without link among others may never have had a cable, so only none at all is worth a word. */
function noLink(basics: NodeBasics, { fcPorts }: PathHealth): readonly NodeFinding[] {
  if (!basics.sanTypes.includes('fc') || fcPorts.length === 0 || fcPorts.some(({ isOnline }) => isOnline)) return [];
  const names = fcPorts.map(({ wwpn }) => wwpn).join(', ');
  const message = `None of the Fibre Channel ports of this node (${names}) has a link, so no block volume can be attached to it by fc. Check cables and switches.`;
  return [{ check: 'fc-ports', severity: severityOf(basics), message }];
}

/** As with Fibre Channel, one card without link among others is none of our business. */
function noRdma(basics: NodeBasics, { rdmaDevices }: PathHealth): readonly NodeFinding[] {
  if (!basics.sanTypes.includes('nvme-roce') || rdmaDevices.some(({ isActive }) => isActive)) return [];
  const names = rdmaDevices.map(({ name }) => name).join(', ');
  const message =
    names === ''
      ? 'The node has no RDMA device, so no block volume can be attached to it by RoCE. Load the RDMA driver of its network card (rdma link shows what is there).'
      : `None of the RDMA devices of this node (${names}) has a link, so no block volume can be attached to it by RoCE. Check cables and switches.`;
  return [{ check: 'rdma-devices', severity: severityOf(basics), message }];
}

const fcPathsAway = (away: number, all: number): NodeFinding => ({
  check: 'fc-paths',
  severity: away === all ? 'Error' : 'Warning',
  message: `${away} of ${all} Fibre Channel paths between ports of this node and of arrays are away. Check cables, switches, zones and the array's ports; after a wanted change, a restart of the node forgets the old ones.`,
});

export const nodePaths = ({ sessions, controllers, fcPaths, volumes }: PathHealth): NodePaths => ({
  sessions: sessions.length + controllers.length + fcPaths.length,
  sessionsDown:
    sessions.filter(({ isLoggedIn }) => !isLoggedIn).length +
    controllers.filter(({ isLive }) => !isLive).length +
    fcPaths.filter(({ isOnline }) => !isOnline).length,
  volumes: volumes.length,
  pathsDown: volumes.reduce((sum, { down }) => sum + down, 0),
});
