import type { HostFs } from './host-fs.ts';
import { readAttribute } from './block-devices.ts';
import type { ScsiPath } from './scsi-path.ts';

const SESSIONS = '/sys/class/iscsi_session';

/** One iSCSI session of this node, whoever made it. */
export interface Session extends ScsiPath {
  readonly id: number;
  readonly targetIqn: string;
  /** `ip:port`, IPv6 in brackets. */
  readonly portal: string;
  readonly isLoggedIn: boolean;
}

/** `10.0.0.1` and `3260` → `10.0.0.1:3260`; IPv6 gets its brackets. */
export const formatPortal = (address: string, port: string): string =>
  address.includes(':') ? `[${address.toLowerCase()}]:${port}` : `${address}:${port}`;

async function readSession(fs: HostFs, name: string): Promise<Session | null> {
  const id = /^session(\d+)$/.exec(name)?.[1];
  const device = await fs.realPath(`${SESSIONS}/${name}/device`);
  const host = device === null ? undefined : /\/host(\d+)\//.exec(`${device}/`)?.[1];
  if (id === undefined || device === null || host === undefined) return null;
  const connection = `/sys/class/iscsi_connection/connection${id}:0`;
  const [targetIqn, state, address, port, children] = await Promise.all([
    readAttribute(fs, `${SESSIONS}/${name}/targetname`),
    readAttribute(fs, `${SESSIONS}/${name}/state`),
    readAttribute(fs, `${connection}/persistent_address`),
    readAttribute(fs, `${connection}/persistent_port`),
    fs.list(device),
  ]);
  if (targetIqn === null || address === null || port === null) return null;
  // The folder appears with the first scan; iscsi_tcp has one target a session, 0:0.
  const place = children.map(child => /^target\d+:(\d+):(\d+)$/.exec(child)).find(match => match !== null);
  return {
    id: Number(id),
    targetIqn,
    portal: formatPortal(address, port),
    isLoggedIn: state === 'LOGGED_IN',
    host: Number(host),
    channel: Number(place?.[1] ?? '0'),
    target: Number(place?.[2] ?? '0'),
  };
}

/** Read from sysfs: no process is started, and nothing waits for iscsid. */
export async function listSessions(fs: HostFs, targetIqn: string): Promise<readonly Session[]> {
  const names = await fs.list(SESSIONS);
  const sessions = await Promise.all(names.map(name => readSession(fs, name)));
  return sessions.filter(session => session?.targetIqn === targetIqn).filter(session => session !== null);
}
