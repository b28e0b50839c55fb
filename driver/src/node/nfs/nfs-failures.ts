import type { ErrorId } from '../../domain/errors.ts';
import { PsoError } from '../../domain/errors.ts';
import type { ExecResult } from '../exec.ts';

/** mount.nfs (nfs-utils 1.3 … 2.8) when the server does not speak the version; nothing else lets the driver try an older one. */
const VERSION_REFUSED = /protocol not supported|NFS version or transport protocol is not supported/i;

export const isVersionRefused = ({ stderr }: ExecResult): boolean => VERSION_REFUSED.test(stderr);

interface Reason {
  readonly pattern: RegExp;
  readonly kind: ErrorId;
  readonly nextStep: string;
}

const REASONS: readonly Reason[] = [
  {
    pattern: VERSION_REFUSED,
    kind: 'nfs-mount-refused',
    nextStep: 'Enable that version for the file system on the array, or choose another by nfsvers in mountOptions.',
  },
  {
    pattern: /access denied|permission denied|not permitted|no such file/i,
    kind: 'nfs-mount-refused',
    nextStep:
      'The export rules of the file system have to name an address of this node: see the addresses in its CSINode object, and the rules on the array.',
  },
  {
    pattern: /statd is not running/i,
    kind: 'nfs-mount-refused',
    nextStep:
      'Start rpcbind and rpc.statd on the node (package nfs-common or nfs-utils), or use NFS 4.1, or add "nolock" to mountOptions: locks then hold within one node only.',
  },
  {
    pattern: /timed out|refused|no route|unreachable|is down/i,
    kind: 'nfs-mount-failed',
    nextStep: 'Check the route from the node to the array’s data address, port 2049; it is tried again by itself.',
  },
  {
    pattern: /resolve|name or service/i,
    kind: 'nfs-mount-failed',
    nextStep: 'Check the name server of the node, or give an address as NFSEndPoint.',
  },
  {
    pattern: /incorrect mount option|invalid argument/i,
    kind: 'mount-option-refused',
    nextStep: 'Correct mountOptions of the storage class; the kernel log of the node may name the option.',
  },
];

const UNKNOWN: Omit<Reason, 'pattern'> = {
  kind: 'nfs-mount-failed',
  nextStep: 'See the kernel log of the node (dmesg); it is tried again by itself.',
};

/** Its own words; programs that it starts (start-statd) may speak first. */
function reasonOf({ code, stdout, stderr }: ExecResult): string {
  const lines = `${stderr}\n${stdout}`.split('\n').filter(line => line.trim() !== '');
  const line = lines.find(text => text.startsWith('mount.nfs: ')) ?? lines[0] ?? `exit code ${code}`;
  return line.trim().replace(/\.$/, '').slice(0, 300);
}

/** A mount that failed for certain, in words. */
export function mountFailure(source: string, version: string, result: ExecResult): PsoError {
  const line = reasonOf(result);
  const { kind, nextStep } = REASONS.find(({ pattern }) => pattern.test(line)) ?? UNKNOWN;
  return new PsoError(kind, `NFS ${version} mount of ${source} failed: ${line}.`, nextStep);
}

/** The server of what is mounted at `path` gave no answer in time. */
export const silentServer = (source: string, path: string): PsoError =>
  new PsoError(
    'nfs-server-silent',
    `The NFS server of "${path}" (${source}) does not answer.`,
    'Check the array and the route from the node to its data address; programs wait and go on when it is back.',
    { finality: 'in-doubt' },
  );
