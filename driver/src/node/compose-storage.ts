import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { Attachment } from './attachment.ts';
import type { Exec } from './exec.ts';
import { FileSystem } from './file-system.ts';
import type { HostFs } from './host-fs.ts';
import { DEFAULT_LOGIN_LIMITS, IscsiLogin } from './iscsi-login.ts';
import { Mounter } from './mounter.ts';
import { Multipath } from './multipath.ts';
import { NfsMounter } from './nfs/nfs-mounter.ts';
import { NfsStorage } from './nfs/nfs-storage.ts';
import { OperationGate } from './operation-gate.ts';
import { Removal } from './removal.ts';
import type { NodeStorage } from './node-storage.ts';
import { ProtocolStorage } from './protocol-storage.ts';
import { SanStorage } from './san-storage.ts';
import { KeyedMutex, Semaphore } from './semaphore.ts';
import { StagingNotes } from './staging-notes.ts';

export interface NodeStoragePorts {
  readonly exec: Exec;
  readonly fs: HostFs;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `/var/lib/kubelet`, without a slash at its end. */
  readonly kubeletDir: string;
  /** Notes are kept here; below the kubelet's directory, so that they outlive the pod. */
  readonly pluginDir: string;
  readonly loginTimeoutMs: number;
}

/** mkfs and fsck at once on one node. */
const HEAVY_TOOLS = 2;

/** Wires the node side; its parts know only each other's interfaces and the ports. */
export async function composeStorage(ports: NodeStoragePorts): Promise<NodeStorage> {
  const notes = new StagingNotes(ports.fs, ports.pluginDir);
  await notes.prepare();
  const targets = new KeyedMutex();
  const limits = { ...DEFAULT_LOGIN_LIMITS, loginTimeoutMs: ports.loginTimeoutMs };
  const login = new IscsiLogin({ ...ports, notes }, limits);
  const multipath = new Multipath(ports);
  const gate = new OperationGate();
  const mounter = new Mounter(ports);
  const san = new SanStorage({
    ...ports,
    gate,
    attachment: new Attachment({ ...ports, login, multipath, targets }),
    removal: new Removal({ ...ports, login, multipath, targets }),
    multipath,
    fileSystem: new FileSystem({ ...ports, notes, heavyTools: new Semaphore(HEAVY_TOOLS) }),
    mounter,
    notes,
  });
  const nfs = new NfsStorage({ ...ports, gate, mounter, nfs: new NfsMounter(ports) });
  return new ProtocolStorage({ fs: ports.fs, san, nfs });
}
