import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { hashText, Seeded } from '../../common/seeded.ts';
import { list } from '../listing.ts';
import type { Call, Plan } from '../plan.ts';
import { NO_REFERENCE, reference } from '../references.ts';
import type { BladeState } from '../state.ts';
import { DEFAULT_SERVER } from '../state.ts';

/** A fixed part's id: of the array and its name. */
export function partId(state: BladeState, name: string): string {
  return new Seeded(hashText(`${state.settings.id}/${name}`)).uuid();
}

export function serverId(state: BladeState): string {
  return partId(state, DEFAULT_SERVER);
}

/** Fixed parts of the array: chosen by `names` or `ids`, if given. */
export function listParts<Part extends { readonly name: string }>(
  state: BladeState,
  call: Call,
  parts: readonly Part[],
  missingMessage: string,
  build: (part: Part) => JsonObject,
  total?: (parts: readonly Part[]) => JsonObject,
): Plan {
  const names = call.query.list('names');
  const wanted = names ?? call.query.list('ids');
  const keyOf = ({ name }: Part): string => (names === undefined ? partId(state, name) : name.toLowerCase());
  const chosen =
    wanted === undefined
      ? parts
      : checkEach(wanted, value => {
          const part = parts.find(known => keyOf(known) === value.toLowerCase());
          if (part === undefined) throw refuse(missingMessage, value);
          return part;
        });
  return list(call, chosen, part => ({ name: part.name, id: partId(state, part.name), ...build(part) }), total);
}

const SUBNET = 'data';
const MANAGEMENT = 'management';

/** One data VIP, one management VIP. */
export function getNetworkInterfaces(state: BladeState, call: Call): Plan {
  const { dataAddress } = state.settings;
  const parts = [
    { name: 'data1', address: dataAddress, service: 'data', subnet: SUBNET },
    { name: 'vir0', address: '192.0.2.10', service: 'management', subnet: MANAGEMENT },
  ];
  return listParts(state, call, parts, 'Network interface does not exist.', ({ address, service, subnet }) => ({
    address,
    enabled: true,
    gateway: null,
    mtu: 1500,
    netmask: address.includes(':') ? null : '255.255.255.0',
    services: [service],
    subnet: reference({ name: subnet, id: partId(state, subnet) }, 'subnets'),
    type: 'vip',
    vlan: 0,
    attached_servers: service === 'data' ? [reference({ name: DEFAULT_SERVER, id: serverId(state) }, 'servers')] : [],
    realms: [],
    rdma_enabled: false,
  }));
}

export function getSubnets(state: BladeState, call: Call): Plan {
  const { dataAddress } = state.settings;
  const parts = [
    { name: SUBNET, address: dataAddress, member: 'data1' },
    { name: MANAGEMENT, address: '192.0.2.10', member: 'vir0' },
  ];
  return listParts(state, call, parts, 'Subnet does not exist.', ({ address, member }) => ({
    enabled: true,
    gateway: null,
    interfaces: [reference({ name: member, id: partId(state, member) }, 'network-interfaces')],
    link_aggregation_group: reference({ name: 'uplink', id: partId(state, 'uplink') }, 'link-aggregation-groups'),
    mtu: 1500,
    prefix: address.includes(':') ? `${address}/64` : address.replace(/\d+$/, '0/24'),
    services: [member === 'data1' ? 'data' : 'management'],
    vlan: 0,
  }));
}

export function getServers(state: BladeState, call: Call): Plan {
  return listParts(state, call, [{ name: DEFAULT_SERVER }], 'Server does not exist.', () => ({
    dns: [],
    created: 0,
    directory_services: [],
    context: state.context,
    local_directory_service: NO_REFERENCE,
    realms: [],
  }));
}
