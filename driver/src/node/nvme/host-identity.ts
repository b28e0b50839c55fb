import { createHash } from 'node:crypto';
import type { HostFs } from '../host-fs.ts';

const NQN_FILE = '/etc/nvme/hostnqn';
const ID_FILE = '/etc/nvme/hostid';
/** Nothing that could be an option of its own in a comma-separated list. */
const NQN = /^nqn\.[\w.:-]{1,219}$/;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** Who this node is for NVMe subsystems. */
export interface HostIdentity {
  readonly nqn: string;
  /** UUID; the kernel wants one NQN to have one id, whoever connects. */
  readonly id: string;
}

function derivedId(nqn: string): string {
  const inName = UUID.exec(nqn.toLowerCase())?.[0];
  if (inName !== undefined) return inName;
  const hex = createHash('sha256').update(nqn).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** As nvme-cli keeps it. Null on a node without an NVMe host name, or with one that no array takes. */
export async function readHostIdentity(fs: HostFs): Promise<HostIdentity | null> {
  const [name, id] = await Promise.all([fs.readText(NQN_FILE), fs.readText(ID_FILE)]);
  const nqn = (name ?? '').trim();
  if (!NQN.test(nqn)) return null;
  return { nqn, id: UUID.exec((id ?? '').toLowerCase())?.[0] ?? derivedId(nqn) };
}
