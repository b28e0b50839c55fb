import { PsoError } from '../../domain/errors.ts';
import type { NodeIdentity } from '../../domain/node-id.ts';
import type { PublishContext } from '../../domain/publish-context.ts';
import {
  deleteConnections,
  getConnections,
  postConnection,
  type ConnectionItem,
} from '../../rest/flasharray/connections.ts';
import { getVolumes } from '../../rest/flasharray/volumes.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import type { PublishSpec } from '../backend.ts';
import type { ArrayContext } from './array-context.ts';
import { afterWrite, isGone, isMissing, toPsoError, translated } from '../errors.ts';
import { hostNameOf } from './host-names.ts';
import { contextOf, numberOf, type SanTarget } from './san-target.ts';

const isNoHost = (error: unknown): boolean => error instanceof RestError && error.says('host does not exist');

/**
 * Connects first, then looks who else is connected: of two controllers that publish to two nodes at the same time,
 * at least one sees the other. One or two calls when host and ports are known.
 */
export async function publishVolume(array: ArrayContext, spec: PublishSpec, call: RestCall): Promise<PublishContext> {
  const doing = `connecting volume ${spec.volumeName} to node ${spec.node.name}`;
  return await translated(doing, async () => {
    const target = await array.facts.sanTarget(call);
    const own = await connect(array, spec, target, call);
    try {
      const { serial, connections } = await inspect(array, spec, own, call);
      const others = spec.isSingleNode ? othersOf(connections, own.hostName) : [];
      if (others.length > 0) throw await refuse(array, spec, own, others, call);
      const number = own.number ?? numberFor(target, own.hostName, connections);
      if (number === null) throw withoutNumber(array, spec);
      return contextOf(target, serial, number);
    } catch (error) {
      throw error instanceof PsoError ? error : afterWrite(error, doing);
    }
  });
}

interface OwnConnection {
  readonly hostName: string;
  /** LUN or number of the namespace, when the array told it. */
  readonly number: number | null;
  readonly isNew: boolean;
}

function numberFor(target: SanTarget, hostName: string, connections: readonly ConnectionItem[]): number | null {
  const own = connections.find(connection => connection.hostName === hostName);
  return own ? numberOf(target.protocol, own) : null;
}

async function connect(
  array: ArrayContext,
  spec: PublishSpec,
  target: SanTarget,
  call: RestCall,
): Promise<OwnConnection> {
  const connectNode = async (): Promise<OwnConnection> =>
    await connectHost(
      array,
      spec.volumeName,
      await array.hosts.ensure(spec.node, target.protocol === 'fc' ? null : target.name, call),
      target,
      call,
    );
  try {
    return await connectNode();
  } catch (error) {
    if (!isNoHost(error)) throw error;
  }
  // Removed on the array since we met it.
  array.hosts.forget(spec.node);
  return await connectNode();
}

async function connectHost(
  array: ArrayContext,
  volumeName: string,
  hostName: string,
  target: SanTarget,
  call: RestCall,
): Promise<OwnConnection> {
  try {
    const items = await postConnection(array.rest, volumeName, hostName, call);
    return { hostName, number: numberFor(target, hostName, items), isNew: true };
  } catch (error) {
    if (error instanceof RestError && error.says('connection already exists'))
      return { hostName, number: null, isNew: false };
    throw error;
  }
}

interface Inspection {
  readonly serial: string;
  readonly connections: readonly ConnectionItem[];
}

/** The serial, and the connections as far as they matter: one call, because the volume itself counts its connections. */
async function inspect(
  array: ArrayContext,
  spec: PublishSpec,
  own: OwnConnection,
  call: RestCall,
): Promise<Inspection> {
  const known = array.serials.get(spec.volumeName);
  const readConnections = async (): Promise<readonly ConnectionItem[]> =>
    (await getConnections(array.rest, { volumeNames: [spec.volumeName] }, call)).items;
  const mustRead = own.number === null;
  if (known !== null) {
    return { serial: known, connections: mustRead || spec.isSingleNode ? await readConnections() : [] };
  }
  const [volume] = (await getVolumes(array.rest, { names: [spec.volumeName] }, call)).items;
  if (!volume)
    throw new PsoError('volume-missing', `Volume ${spec.volumeName} is gone from array ${array.rest.array}.`, '');
  array.serials.set(spec.volumeName, volume.serial);
  const hasOthers = spec.isSingleNode && volume.connectionCount > 1;
  return { serial: volume.serial, connections: mustRead || hasOthers ? await readConnections() : [] };
}

/** Hosts of a replication peer (`array:host`) may have other names there, and that array is asked for itself. */
const othersOf = (connections: readonly ConnectionItem[], hostName: string): readonly string[] => [
  ...new Set(
    connections.flatMap(({ hostName: name }) =>
      name === null || name === hostName || name.includes(':') ? [] : [name],
    ),
  ),
];

/** Undoes what this call did, and nothing else. */
async function refuse(
  array: ArrayContext,
  spec: PublishSpec,
  own: OwnConnection,
  others: readonly string[],
  call: RestCall,
): Promise<PsoError> {
  if (own.isNew) await deleteConnections(array.rest, spec.volumeName, [own.hostName], call);
  const names = others.map(name => array.hosts.nodeNameOf(name)).join(', ');
  return new PsoError(
    'volume-on-other-node',
    `Volume ${spec.volumeName} is for one node at a time and still connected to ${names}, so it was not connected to ${spec.node.name}.`,
    `Wait until the pod on ${names} is gone; if that node is dead, add the taint node.kubernetes.io/out-of-service to it.`,
  );
}

const withoutNumber = (array: ArrayContext, spec: PublishSpec): PsoError =>
  new PsoError(
    'volume-without-lun',
    `Array ${array.rest.array} gave no LUN or namespace number for volume ${spec.volumeName} and node ${spec.node.name}.`,
    "It will be tried again; check the host's protocol on the array.",
    { finality: 'in-doubt' },
  );

/** One call when the host is known. */
export async function unpublishVolume(
  array: ArrayContext,
  volumeName: string,
  node: NodeIdentity | null,
  call: RestCall,
): Promise<void> {
  const whom = node === null ? 'all nodes' : `node ${node.name}`;
  await translated(`disconnecting volume ${volumeName} from ${whom}`, async () => {
    if (node === null) await disconnectAll(array, volumeName, call);
    else await disconnectNode(array, volumeName, node, call);
  });
}

/**
 * By every name that the array may know the node by: a volume that was connected over one protocol must not stay so when
 * the setting has changed. Only the first look-up is needed where it has not: a host with the node's plain name is its first
 * one. A volume of several nodes may be connected to both, as nobody refuses the second connection.
 */
async function disconnectNode(
  array: ArrayContext,
  volumeName: string,
  node: NodeIdentity,
  call: RestCall,
): Promise<void> {
  const initiators = array.hosts.initiatorsOf(node);
  if (initiators.length === 0) {
    // Without an initiator the name is all there is; the volume is ours, so no other connection can be meant.
    await disconnectHost(array, volumeName, hostNameOf(node.name), call);
    return;
  }
  for (const initiator of initiators) {
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const hostName = await array.hosts.find(node, initiator, call);
      const outcome = hostName === null ? 'not-connected' : await disconnectHost(array, volumeName, hostName, call);
      if (outcome === 'done' && hostName === hostNameOf(node.name)) return;
      if (outcome !== 'no-host') break;
      array.hosts.forget(node);
    }
  }
}

async function disconnectHost(
  array: ArrayContext,
  volumeName: string,
  hostName: string,
  call: RestCall,
): Promise<'done' | 'not-connected' | 'no-host'> {
  try {
    await deleteConnections(array.rest, volumeName, [hostName], call);
    return 'done';
  } catch (error) {
    if (isNoHost(error)) return 'no-host';
    if (isGone(error)) return 'not-connected';
    throw error;
  }
}

/** Private connections of local hosts: those of groups and of replication peers (`array:host`) are not ours to end. */
async function disconnectAll(array: ArrayContext, volumeName: string, call: RestCall): Promise<void> {
  try {
    const { items } = await getConnections(array.rest, { volumeNames: [volumeName] }, call);
    const hosts = items.flatMap(({ hostName, hostGroupName }) =>
      hostName === null || hostGroupName !== null || hostName.includes(':') ? [] : [hostName],
    );
    for (const hostName of new Set(hosts)) {
      await deleteConnections(array.rest, volumeName, [hostName], call).catch((error: unknown) => {
        if (!isGone(error)) throw error;
      });
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

export async function publishedNodes(
  array: ArrayContext,
  volumeName: string,
  call: RestCall,
): Promise<readonly string[]> {
  try {
    const { items } = await getConnections(array.rest, { volumeNames: [volumeName] }, call);
    return othersOf(items, '').map(name => array.hosts.nodeNameOf(name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw toPsoError(error, `reading the connections of volume ${volumeName}`);
  }
}
