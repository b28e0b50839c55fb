import type { ChapKeySource } from '../domain/chap.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { Attachment } from './attachment.ts';
import type { Exec } from './exec.ts';
import { FileSystem } from './file-system.ts';
import type { HostFs } from './host-fs.ts';
import { IscsiLogin } from './iscsi-login.ts';
import { Mounter } from './mounter.ts';
import { Multipath } from './multipath.ts';
import { NfsMounter } from './nfs/nfs-mounter.ts';
import { NfsStorage } from './nfs/nfs-storage.ts';
import { NvmeLogin } from './nvme/nvme-login.ts';
import { NvmeTransport } from './nvme/nvme-transport.ts';
import { OperationGate } from './operation-gate.ts';
import { DEFAULT_LOGIN_LIMITS } from './portal-logins.ts';
import { Removal } from './removal.ts';
import type { NodeStorage } from './node-storage.ts';
import { ProtocolStorage } from './protocol-storage.ts';
import { SanStorage } from './san-storage.ts';
import { SanTransports } from './san-transports.ts';
import { ScsiTransport } from './scsi-transport.ts';
import { KeyedMutex, Semaphore } from './semaphore.ts';
import { StagingNotes } from './staging-notes.ts';
import type { StepObserver, Steps } from './timed.ts';
import { timed } from './timed.ts';

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
  /** Absent: no CHAP. */
  readonly chapKey?: ChapKeySource | null;
  readonly onStep?: StepObserver;
}

/** mkfs and fsck at once on one node. */
const HEAVY_TOOLS = 2;

/** Wires the node side; its parts know only each other's interfaces and the ports. */
export async function composeStorage(ports: NodeStoragePorts): Promise<NodeStorage> {
  const notes = new StagingNotes(ports.fs, ports.pluginDir);
  await notes.prepare();
  const targets = new KeyedMutex();
  const limits = { ...DEFAULT_LOGIN_LIMITS, loginTimeoutMs: ports.loginTimeoutMs };
  const measured = <Part extends object>(part: Part, steps: Steps<Part>) =>
    timed(part, steps, ports.clock, ports.onStep ?? (() => undefined));
  const login = measured(new IscsiLogin({ ...ports, notes }, limits), { ensure: 'login', logout: 'logout' });
  const multipath = measured(new Multipath(ports), { waitForMap: 'map', resize: 'resize' });
  const gate = new OperationGate();
  const mounter = measured(new Mounter(ports), { mountDevice: 'mount', unmount: 'unmount' });
  const scsi = new ScsiTransport({
    ...ports,
    login,
    attachment: measured(new Attachment({ ...ports, notes, multipath, targets }), { attach: 'attach' }),
    removal: measured(new Removal({ ...ports, login, multipath, targets }), { remove: 'detach' }),
    multipath,
  });
  const nvmeLogin = measured(new NvmeLogin({ ...ports, notes }, limits), { ensure: 'login', disconnect: 'logout' });
  const nvme = new NvmeTransport({ ...ports, notes, targets, login: nvmeLogin });
  const san = new SanStorage({
    ...ports,
    gate,
    san: new SanTransports({ scsi, nvme: measured(nvme, { attach: 'attach', remove: 'detach' }) }),
    fileSystem: measured(new FileSystem({ ...ports, notes, heavyTools: new Semaphore(HEAVY_TOOLS) }), {
      ensure: 'format',
      grow: 'grow',
    }),
    mounter,
    notes,
  });
  const nfs = new NfsStorage({ ...ports, gate, mounter, nfs: measured(new NfsMounter(ports), { mount: 'mount-nfs' }) });
  return new ProtocolStorage({ fs: ports.fs, san, nfs });
}
