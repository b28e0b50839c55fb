import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { NO_REFERENCE } from '../../common/json.ts';
import { list } from '../listing.ts';
import type { Call, Effect, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { ConnectionRecord, HostGroupRecord, HostRecord, VolumeRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { VOLUME_MISSING } from '../state.ts';
import { pathEffects } from './data-paths.ts';
import { connectionsOf } from './hosts.ts';
import { named } from '../../common/select.ts';
import { context, reference } from './volume-items.ts';
import { refuseOffline } from './volumes.ts';

const MAX_LUN = 4095;
/** Shared connections start here and count down, to stay clear of the private ones. */
const FIRST_SHARED_LUN = 254;
const VOLUMES = { names: 'volume_names', ids: 'volume_ids' };

/** One row: a connection as one host sees it; a group without hosts has one row without host. */
interface Row {
  readonly connection: ConnectionRecord;
  readonly host: HostRecord | null;
}

function rowsOf(connection: ConnectionRecord): Row[] {
  const { group, host } = connection;
  if (group === null) return [{ connection, host }];
  if (group.hosts.size === 0) return [{ connection, host: null }];
  return Array.from(group.hosts, member => ({ connection, host: member }));
}

function rowItem(state: ArrayState, { connection, host }: Row): JsonObject {
  return {
    host: { name: host?.name ?? null },
    host_group: { name: connection.group?.name ?? null },
    volume: reference(connection.volume),
    lun: connection.lun,
    nsid: connection.nsid,
    protocol_endpoint: NO_REFERENCE,
    context: context(state),
  };
}

export function getConnections(state: ArrayState, call: Call): Plan {
  const hosts = call.query.list('host_names') && checkEach(call.query.required('host_names'), name => state.host(name));
  const groups =
    call.query.list('host_group_names') &&
    checkEach(call.query.required('host_group_names'), name => state.hostGroup(name));
  const volumes = named(call, state.volumes, VOLUME_MISSING, VOLUMES);
  const all: Iterable<ConnectionRecord> =
    volumes === undefined
      ? hosts === undefined
        ? state.connections
        : new Set(hosts.flatMap(host => [...connectionsOf(host)]))
      : volumes.flatMap(volume => [...volume.connections].filter(connection => state.connections.has(connection)));
  const rows = Array.from(all)
    .flatMap(rowsOf)
    .filter(({ host }) => hosts === undefined || (host !== null && hosts.includes(host)))
    .filter(
      ({ connection }) => groups === undefined || (connection.group !== null && groups.includes(connection.group)),
    );
  return list(
    call,
    rows,
    row => rowItem(state, row),
    ({ connection, host }) => (host === null ? [connection] : [connection, host]),
  );
}

type Target =
  { readonly host: HostRecord; readonly group: null } | { readonly host: null; readonly group: HostGroupRecord };

function targetsOf(state: ArrayState, call: Call): Target[] {
  const hostNames = call.query.list('host_names');
  const groupNames = call.query.list('host_group_names');
  if ((hostNames === undefined) === (groupNames === undefined)) {
    throw refuse('Invalid combination of parameters specified.', 'host_names, host_group_names');
  }
  if (hostNames !== undefined) return checkEach(hostNames, name => ({ host: state.host(name), group: null }));
  return checkEach(groupNames ?? [], name => ({ host: null, group: state.hostGroup(name) }));
}

function volumesOf(state: ArrayState, call: Call): VolumeRecord[] {
  const volumes = named(call, state.volumes, VOLUME_MISSING, VOLUMES);
  if (volumes === undefined) throw refuse('Missing required parameter: volume_names.');
  return volumes;
}

/** LUNs that the target's hosts see already. */
function usedLuns(target: Target): Set<number> {
  const hosts = target.host === null ? [...target.group.hosts] : [target.host];
  const connections = [...hosts.flatMap(host => [...connectionsOf(host)]), ...(target.group?.connections ?? [])];
  return new Set(connections.map(({ lun }) => lun ?? 0));
}

function freeLun(target: Target, used: ReadonlySet<number>): number {
  if (target.group !== null) {
    for (let lun = FIRST_SHARED_LUN; lun >= 1; lun--) if (!used.has(lun)) return lun;
    for (let lun = FIRST_SHARED_LUN + 1; lun <= MAX_LUN; lun++) if (!used.has(lun)) return lun;
  } else for (let lun = 1; lun <= MAX_LUN; lun++) if (!used.has(lun)) return lun;
  throw refuse('No LUN available.', (target.host ?? target.group).name);
}

function takeLun(asked: unknown, target: Target, used: Set<number>, volume: VolumeRecord): number {
  const lun = typeof asked === 'number' ? asked : freeLun(target, used);
  if (used.has(lun)) throw refuse('LUN is already in use.', volume.name);
  used.add(lun);
  return lun;
}

function isNvme(target: Target): boolean {
  const hosts = target.host === null ? [...target.group.hosts] : [target.host];
  return hosts.some(host => host.nqns.length > 0);
}

/**
 * All hosts of an array are of one subsystem, in which a number is of one namespace: so it must be where paths have
 * asymmetric access (NVM Express base specification, NSID uniqueness).
 */
class Nsids {
  readonly #ofVolume = new Map<VolumeRecord, number>();

  constructor(connections: Iterable<ConnectionRecord>) {
    for (const { volume, nsid } of connections) if (nsid !== null) this.#ofVolume.set(volume, nsid);
  }

  of(volume: VolumeRecord): number {
    const used = new Set(this.#ofVolume.values());
    let nsid = this.#ofVolume.get(volume) ?? 1;
    while (!this.#ofVolume.has(volume) && used.has(nsid)) nsid++;
    if (nsid > MAX_LUN) throw refuse('No LUN available.', volume.name);
    this.#ofVolume.set(volume, nsid);
    return nsid;
  }
}

export function postConnections(state: ArrayState, call: Call): Plan {
  const targets = targetsOf(state, call);
  const volumes = volumesOf(state, call);
  const { lun: asked } = bodyObject(call);
  if (asked !== undefined && (typeof asked !== 'number' || asked < 1 || asked > MAX_LUN || volumes.length > 1)) {
    throw refuse('Invalid LUN.', JSON.stringify(asked));
  }
  const nsids = targets.some(isNvme) ? new Nsids(state.connections) : null;
  const fresh = targets.flatMap(target => {
    const used = usedLuns(target);
    return checkEach(volumes, volume => {
      if (volume.destroyedMs !== null) throw refuse('Volume has been destroyed.', volume.name);
      refuseOffline(state, volume.pod);
      if (isConnected(target, volume)) throw refuse('Connection already exists.', volume.name);
      const numbers =
        nsids !== null && isNvme(target)
          ? { lun: null, nsid: nsids.of(volume) }
          : { lun: takeLun(asked, target, used, volume), nsid: null };
      const connection: ConnectionRecord = { id: state.nextId(), volume, ...target, ...numbers };
      return connection;
    });
  });
  return {
    effects: fresh.flatMap(connection => dataEffects(state, connection, true)),
    commit: () => {
      for (const connection of fresh) {
        state.connections.add(connection);
        connection.volume.connections.add(connection);
        (connection.host ?? connection.group)?.connections.add(connection);
      }
      return { items: fresh.flatMap(rowsOf).map(row => rowItem(state, row)) };
    },
  };
}

/** Also through its group: a host sees a volume once. */
function isConnected(target: Target, volume: VolumeRecord): boolean {
  for (const { host, group } of volume.connections) {
    if (target.host === null ? group === target.group : host === target.host) return true;
    if (target.host !== null && group !== null && group.hosts.has(target.host)) return true;
  }
  return false;
}

export function deleteConnections(state: ArrayState, call: Call): Plan {
  const targets = targetsOf(state, call);
  const volumes = volumesOf(state, call);
  const gone = targets.flatMap(target =>
    checkEach(volumes, volume => {
      if (volume.destroyedMs !== null) throw refuse('Volume has been destroyed.', volume.name);
      const found = [...volume.connections].find(({ host, group }) => host === target.host && group === target.group);
      if (found === undefined) throw refuse('Connection does not exist.', volume.name);
      return found;
    }),
  );
  return {
    effects: gone.flatMap(connection => dataEffects(state, connection, false)),
    commit: () => {
      for (const connection of gone) {
        state.connections.delete(connection);
        connection.volume.connections.delete(connection);
        (connection.host ?? connection.group)?.connections.delete(connection);
      }
      return NO_BODY;
    },
  };
}

function dataEffects(state: ArrayState, connection: ConnectionRecord, isNew: boolean): Effect[] {
  const { host, group } = connection;
  const hosts = host === null ? [...(group?.hosts ?? [])] : [host];
  return hosts.flatMap(one => pathEffects(state, one, one, connection, isNew));
}
