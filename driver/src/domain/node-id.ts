import type { SanType } from './array.ts';
import { PsoError } from './errors.ts';

/** A node's name, initiators and addresses; it travels as CSI's node_id, so that the controller can attach without any look-up. */
export interface NodeIdentity {
  readonly name: string;
  /** iSCSI initiator name; null on a node without iSCSI. */
  readonly iqn: string | null;
  /** NVMe host name (`/etc/nvme/hostnqn`); null on a node without NVMe. */
  readonly nqn: string | null;
  /** Fibre Channel port names, 16 lower-case hex digits each. */
  readonly wwpns: readonly string[];
  /** IPv4 and IPv6 addresses from which it may mount a file system, the preferred one first. */
  readonly addresses: readonly string[];
}

/** CSI limits node_id to 256 bytes. */
const MAX_BYTES = 256;

const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/;
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7})$/;

/** A node of which only the given facts are known. */
export const nodeNamed = (name: string, facts: Partial<Omit<NodeIdentity, 'name'>> = {}): NodeIdentity => ({
  name,
  iqn: null,
  nqn: null,
  wwpns: [],
  addresses: [],
  ...facts,
});

/** The name by which an array knows the node; null when the node has none for that protocol. */
export function initiatorOf({ iqn, nqn, wwpns }: NodeIdentity, sanType: SanType): string | null {
  if (sanType === 'iscsi') return iqn;
  return sanType === 'fc' ? (wwpns[0] ?? null) : nqn;
}

const HOST_NQN = 'Install nvme-cli on the node, which makes /etc/nvme/hostnqn, load the module';
const INITIATOR_WORDS: Readonly<Record<SanType, readonly [what: string, remedy: string]>> = {
  iscsi: ['iSCSI initiator name', 'Install open-iscsi on the node, check /etc/iscsi/initiatorname.iscsi'],
  'nvme-tcp': ['NVMe host name', `${HOST_NQN} nvme-tcp`],
  'nvme-roce': ['NVMe host name', `${HOST_NQN} nvme-rdma`],
  fc: ['Fibre Channel port', 'Check the host bus adapter of the node'],
};

/** For a node of which `initiatorOf` knows nothing. */
export function withoutInitiator(node: NodeIdentity, sanType: SanType): PsoError {
  const [what, remedy] = INITIATOR_WORDS[sanType];
  return new PsoError(
    'node-without-initiator',
    `Node ${node.name} has no ${what}.`,
    `${remedy} and restart the node plugin; where the arrays are in a Secret of yours, name the protocol in flasharray.moreSanTypes (docs/how-to/several-protocols.md).`,
  );
}

function textOf({ name, iqn, nqn, wwpns, addresses }: NodeIdentity): string {
  const fields = [
    ...(iqn === null ? [] : [`iqn=${iqn}`]),
    ...(nqn === null ? [] : [`nqn=${nqn}`]),
    ...(wwpns.length === 0 ? [] : [`wwpn=${wwpns.join('+')}`]),
    ...(addresses.length === 0 ? [] : [`ip=${addresses.join('+')}`]),
  ];
  return [name, ...fields].join(',');
}

/**
 * `n1`, `n1,iqn=iqn.2026-01.lab:n1` or `n1,iqn=…,nqn=…,wwpn=…+…,ip=10.0.0.1+fd00::1`. Addresses that would not fit are left
 * out, the first one never. Throws `invalid` when even that is too long.
 */
export function formatNodeId(node: NodeIdentity): string {
  for (let kept = node.addresses.length; kept >= Math.min(1, node.addresses.length); kept -= 1) {
    const text = textOf({ ...node, addresses: node.addresses.slice(0, kept) });
    if (Buffer.byteLength(text) <= MAX_BYTES) return text;
  }
  throw new PsoError(
    'node-id-too-long',
    `Node ${node.name}: name, initiator names and address together have more than ${MAX_BYTES} bytes.`,
    'Shorten InitiatorName in /etc/iscsi/initiatorname.iscsi.',
  );
}

/** Throws `not-found` for anything that no node plugin of this driver writes. */
export function parseNodeId(text: string): NodeIdentity {
  const [name = '', ...fields] = text.split(',');
  const valueOf = (key: string): string | null =>
    fields.find(field => field.startsWith(`${key}=`))?.slice(key.length + 1) ?? null;
  const listOf = (key: string, shape: RegExp): readonly string[] =>
    (valueOf(key) ?? '').split('+').filter(item => shape.test(item));
  if (!NAME.test(name)) {
    throw new PsoError(
      'node-unknown',
      `node_id "${text}" is not one of this driver's.`,
      'Check that the node plugin runs on that node.',
    );
  }
  return {
    name,
    iqn: valueOf('iqn'),
    nqn: valueOf('nqn'),
    wwpns: listOf('wwpn', /^[0-9a-f]{16}$/),
    addresses: listOf('ip', ADDRESS),
  };
}
