import { named } from '../../common/select.ts';
import { list } from '../listing.ts';
import { volumeIops } from '../load-model.ts';
import type { Call, Plan } from '../plan.ts';
import type { Port } from '../ports.ts';
import { allPorts } from '../ports.ts';
import type { HostRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { connectionsOf, HOST_MISSING } from './hosts.ts';
import { context } from './volume-items.ts';

const NO_INITIATOR = { iqn: null, nqn: null, portal: null, wwn: null };

/** How a host spreads its work over the array's ports: evenly, here. */
export function getHostBalance(state: ArrayState, call: Call): Plan {
  const hosts = named(call, state.hosts, HOST_MISSING) ?? state.hosts.values();
  const rows = Array.from(hosts).flatMap(host =>
    paths(state, host).map(({ port, initiator }) => ({ host, port, initiator })),
  );
  return list(
    call,
    rows,
    ({ host, port: { name, iqn, nqn, wwn, portal }, initiator }) => {
      const isBusy = operations(state, host, call.nowMs) > 0;
      return {
        name: host.name,
        initiator: { ...NO_INITIATOR, ...initiator },
        target: { name, iqn, nqn, wwn, portal, failover: null },
        op_count: Math.round(operations(state, host, call.nowMs) / Math.max(1, paths(state, host).length)),
        fraction_relative_to_max: isBusy ? 1 : null,
        time: call.nowMs,
        context: context(state),
      };
    },
    ({ host }) => [host],
  );
}

function operations(state: ArrayState, host: HostRecord, nowMs: number): number {
  let sum = 0;
  for (const { volume } of connectionsOf(host)) sum += volumeIops(state, volume, nowMs);
  return sum;
}

interface Path {
  readonly port: Port;
  readonly initiator: Partial<Record<keyof typeof NO_INITIATOR, string>>;
}

function paths(state: ArrayState, host: HostRecord): Path[] {
  return allPorts(state.settings).flatMap((port): Path[] => {
    if (port.iqn !== null) return host.iqns.map(iqn => ({ port, initiator: { iqn } }));
    if (port.nqn !== null) return host.nqns.map(nqn => ({ port, initiator: { nqn } }));
    return host.wwns.map(wwn => ({ port, initiator: { wwn: wwn.replaceAll(/(..)(?=.)/g, '$1:') } }));
  });
}
