import { PsoError } from './errors.ts';

/** A node's name and initiators; it travels as CSI's node_id, so that the controller can attach without any look-up. */
export interface NodeIdentity {
  readonly name: string;
  readonly iqn: string | null;
}

/** CSI limits node_id to 256 bytes. */
const MAX_BYTES = 256;

/** `n1` or `n1,iqn=iqn.2026-01.lab:n1`. */
export function formatNodeId(node: NodeIdentity): string {
  const text = [node.name, ...(node.iqn === null ? [] : [`iqn=${node.iqn}`])].join(',');
  if (Buffer.byteLength(text) <= MAX_BYTES) return text;
  throw new PsoError(
    'invalid',
    `Node ${node.name}: name and initiator IQN together have more than ${MAX_BYTES} bytes.`,
    'Shorten InitiatorName in /etc/iscsi/initiatorname.iscsi.',
  );
}

export function parseNodeId(text: string): NodeIdentity {
  const [name = '', ...fields] = text.split(',');
  const iqn = fields.find(field => field.startsWith('iqn='))?.slice('iqn='.length);
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(name)) {
    throw new PsoError(
      'not-found',
      `node_id "${text}" is not one of this driver's.`,
      'Check that the node plugin runs on that node.',
    );
  }
  return { name, iqn: iqn ?? null };
}
