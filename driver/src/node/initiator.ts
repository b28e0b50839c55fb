import type { HostFs } from './host-fs.ts';

const FILE = '/etc/iscsi/initiatorname.iscsi';

/** IQN of this node in lower case, as arrays store it; null on a node without iSCSI. */
export async function readInitiatorIqn(fs: HostFs): Promise<string | null> {
  const text = (await fs.readText(FILE)) ?? '';
  return /^\s*InitiatorName\s*=\s*(\S+)\s*$/m.exec(text)?.[1]?.toLowerCase() ?? null;
}
