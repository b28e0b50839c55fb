import { PsoError } from '../../domain/errors.ts';
import type { NfsPublishContext } from '../../domain/publish-context.ts';
import type { Allowed } from '../option-tokens.ts';
import { requireAllowed, SELINUX, splitOptions } from '../option-tokens.ts';

export type NfsVersion = '3' | '4.1';

export interface NfsOptions {
  /** To be tried in this order; more than one only where nobody chose. */
  readonly versions: readonly NfsVersion[];
  /** Checked tokens, all but the version. */
  readonly tokens: readonly string[];
}

const NUMBER = /^\d{1,10}$/;

/** nfs(5), as far as it neither leaves the mount table alone nor weakens what a write means. */
const NFS: Allowed = {
  ...Object.fromEntries(
    'defaults ro rw hard atime noatime relatime norelatime strictatime diratime nodiratime suid nosuid dev nodev exec noexec sync async tcp lock nolock cto nocto ac noac acl noacl rdirplus nordirplus resvport noresvport sharecache nosharecache nofail _netdev'
      .split(' ')
      .map(name => [name, null]),
  ),
  vers: /^(3|4|4\.1)$/,
  nfsvers: /^(3|4|4\.1)$/,
  proto: /^(tcp|tcp6|rdma)$/,
  mountproto: /^tcp6?$/,
  port: NUMBER,
  mountport: NUMBER,
  rsize: NUMBER,
  wsize: NUMBER,
  timeo: NUMBER,
  retrans: NUMBER,
  acregmin: NUMBER,
  acregmax: NUMBER,
  acdirmin: NUMBER,
  acdirmax: NUMBER,
  actimeo: NUMBER,
  nconnect: /^([1-9]|1[0-6])$/,
  sec: /^sys$/,
  lookupcache: /^(all|none|pos|positive)$/,
  local_lock: /^(all|flock|posix|none)$/,
};

/** Options for the tools that read /etc/fstab, not for the kernel. */
const NOT_FOR_THE_KERNEL = new Set(['nofail', '_netdev', 'defaults']);

/** Names of what may be given, for docs/parameters.md. */
export const NFS_OPTION_NAMES: readonly string[] = Object.keys(NFS);

/** With these a write that the server never got counts as done, or as an error that most programs do not look at. */
const LOSES_WRITES = /^(soft|softerr|softreval)$/;

function refuseSoft(token: string): void {
  if (!LOSES_WRITES.test(token)) return;
  throw new PsoError(
    'mount-option-refused',
    `Mount option "${token}" is not allowed for nfs: when the array is away for a moment, writes would be lost.`,
    'Remove it from mountOptions of the storage class; without it, programs wait until the array is back.',
  );
}

const versionOf = (token: string): NfsVersion | null => {
  const [, text] = /^(?:nfs)?vers=(.+)$/.exec(token) ?? [];
  if (text === undefined) return null;
  // FlashBlades speak no other version 4.
  return text === '3' ? '3' : '4.1';
};

/** What the class chose by mount options and what the array's side chose must agree; "auto" is no choice. */
function chooseVersions(tokens: readonly string[], context: NfsPublishContext): readonly NfsVersion[] {
  const chosen = new Set(tokens.map(versionOf).filter(version => version !== null));
  if (context.version !== 'auto') chosen.add(context.version);
  const [version] = chosen;
  if (chosen.size <= 1) return version === undefined ? ['4.1', '3'] : [version];
  throw new PsoError(
    'mount-option-refused',
    `NFS versions ${[...chosen].sort().join(' and ')} are asked for at once.`,
    'Leave one of them in mountOptions and parameters of the storage class.',
  );
}

/** Without it, mount.nfs asks for the mount service by UDP, which firewalls like to drop. */
function mountProtocol(server: string): readonly string[] {
  if (server.includes(':')) return ['mountproto=tcp6'];
  return /^[\d.]+$/.test(server) ? ['mountproto=tcp'] : [];
}

/** Checks all strings. Throws `invalid` naming the first option that is not allowed. */
export function nfsOptions(context: NfsPublishContext, flags: readonly string[], readOnly: boolean): NfsOptions {
  const tokens = splitOptions(flags);
  const allowed = { ...NFS, ...SELINUX };
  for (const token of tokens) {
    refuseSoft(token);
    requireAllowed(token, allowed, 'nfs');
  }
  const versions = chooseVersions(tokens, context);
  const wanted = new Set([
    'hard',
    ...tokens.filter(token => versionOf(token) === null && !NOT_FOR_THE_KERNEL.has(token)),
  ]);
  if (readOnly) {
    wanted.delete('rw');
    wanted.add('ro');
  }
  return { versions, tokens: [...wanted] };
}

/** The list for `mount.nfs -o`. It tries once: who asks for the mount tries again, and would not see why it takes so long. */
export function optionList(version: NfsVersion, options: NfsOptions, server: string): string {
  const forVersion3 = options.tokens.some(token => token.startsWith('mountproto=')) ? [] : mountProtocol(server);
  return [`vers=${version}`, 'retry=0', ...(version === '3' ? forVersion3 : []), ...options.tokens].join(',');
}
