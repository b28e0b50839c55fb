import type { NvmeProtocol } from '../../domain/array.ts';
import { PsoError } from '../../domain/errors.ts';
import type { NvmePublishContext } from '../../domain/publish-context.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { readAttribute } from '../block-devices.ts';
import type { HostFs } from '../host-fs.ts';
import type { LoginLimits } from '../portal-logins.ts';
import { PortalLogins } from '../portal-logins.ts';
import { Semaphore } from '../semaphore.ts';
import type { StagingNotes } from '../staging-notes.ts';
import type { NvmeController } from './controllers.ts';
import { controllerFile, listControllers, moduleFolder, portalOf, transportOptions } from './controllers.ts';
import { readHostIdentity } from './host-identity.ts';
import { listRdmaDevices } from './rdma-devices.ts';

type Subsystem = Pick<NvmePublishContext, 'protocol' | 'targetNqn' | 'portals'>;

export interface NvmeLoginParts {
  readonly fs: HostFs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly notes: StagingNotes;
}

const FABRICS = '/dev/nvme-fabrics';
const MULTIPATH = '/sys/module/nvme_core/parameters/multipath';
const NETWORK_HINT =
  'Check that the portal answers on the data network and that the array has a host with the NQN of this node; the kernel log of the node (dmesg) has the reason.';

/**
 * A lost controller is tried for ever, so that a path comes back whenever the array does; its I/O fails after a minute in
 * which no other path worked either, so that nothing hangs for good.
 */
const TIMERS = 'reconnect_delay=5,ctrl_loss_tmo=-1,fast_io_fail_tmo=60';

/**
 * Makes sure that this node has a controller for each portal of a subsystem, and takes away those that it made. Options
 * are written to the kernel as nvme-cli would: nothing of a node's defaults (discovery files, other versions' time-outs)
 * gets in, and no process is started.
 */
export class NvmeLogin {
  readonly #parts: NvmeLoginParts;
  readonly #logins: PortalLogins;
  /**
   * The kernel makes one controller after the other, whatever is asked for at once, and takes more than a minute to give up a
   * RoCE portal that went away lately. Here, those that wait hold no thread up on which files are read and written.
   */
  readonly #oneByOne = new Semaphore(1);

  constructor(parts: NvmeLoginParts, limits: LoginLimits) {
    this.#parts = parts;
    this.#logins = new PortalLogins({
      ...parts,
      limits,
      login: (...to) => this.#oneByOne.run(() => this.#connect(...to)),
    });
  }

  /** Connects to every portal. Answers with the live controllers as soon as all are, or one is and the grace time is over. */
  async ensure({ protocol, targetNqn, portals: addresses }: Subsystem): Promise<readonly NvmeController[]> {
    await this.#requireMultipath();
    const portals = addresses.map(address => portalOf(protocol, address));
    const before = await this.#controllersAt(targetNqn, protocol);
    // The kernel itself goes on trying where a controller is, so that one is not made twice.
    const missing = portals.filter(portal => !before.some(controller => controller.portal === portal));
    const isConnected = before.some(({ isLive }) => isLive);
    if (missing.length > 0 && protocol === 'nvme-roce') await this.#requireRdma();
    if (missing.length > 0) await this.#logins.open(targetNqn, missing, isConnected);
    const controllers = missing.length === 0 ? before : await this.#controllersAt(targetNqn, protocol);
    const live = controllers.filter(({ isLive }) => isLive);
    if (live.length > 0) return live;
    throw new PsoError(
      'no-session',
      `Subsystem ${targetNqn}: no live controller for any of its portals ${portals.join(', ')}.`,
      NETWORK_HINT,
      { finality: 'in-doubt' },
    );
  }

  /** Ends the controllers that this driver made; others' stay. The kernel first writes what is under way. */
  async disconnect(targetNqn: string): Promise<void> {
    const { fs, notes } = this.#parts;
    // One that comes up afterwards would be nobody's.
    await this.#logins.settled(targetNqn);
    const portals = await notes.ownLogins(targetNqn);
    const controllers = await listControllers(fs, targetNqn);
    await Promise.all(
      controllers.filter(({ portal }) => portals.includes(portal)).map(({ name }) => this.#delete(name)),
    );
    for (const portal of portals) await notes.forgetLogin(targetNqn, portal);
  }

  /** Those of the other transport are not counted: a cluster that changed its protocol wants the new one. */
  async #controllersAt(targetNqn: string, wanted: NvmeProtocol): Promise<readonly NvmeController[]> {
    return (await listControllers(this.#parts.fs, targetNqn)).filter(({ protocol }) => protocol === wanted);
  }

  async #connect(targetNqn: string, portal: string): Promise<void> {
    const host = await readHostIdentity(this.#parts.fs);
    if (host === null) {
      throw new PsoError(
        'node-without-initiator',
        'This node has no NVMe host name in /etc/nvme/hostnqn.',
        'Install nvme-cli on the node, which makes it, and restart the node plugin.',
      );
    }
    await this.#requireModule(FABRICS);
    const options = `nqn=${targetNqn},${transportOptions(portal)},hostnqn=${host.nqn},hostid=${host.id},${TIMERS}`;
    // The note goes first: a controller that nobody remembers would stay for ever.
    await this.#parts.notes.rememberLogin(targetNqn, portal);
    try {
      await this.#parts.fs.writeText(FABRICS, options);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code === 'EALREADY') return;
      if (code === 'EINVAL') await this.#requireModule(moduleFolder(portal));
      const reason = error instanceof Error ? error.message : String(error);
      throw new PsoError(
        'no-session',
        `Subsystem ${targetNqn}: portal ${portal} could not be connected: ${reason}.`,
        NETWORK_HINT,
        { finality: 'in-doubt', cause: error },
      );
    }
  }

  /** `file`: what a module that is loaded, or built in, shows of itself. */
  async #requireModule(file: string): Promise<void> {
    if ((await this.#parts.fs.kind(file)) === 'missing') throw withoutModule(file);
  }

  async #delete(name: string): Promise<void> {
    try {
      await this.#parts.fs.writeText(controllerFile(name, 'delete_controller'), '1');
    } catch (error) {
      // Gone by itself, or going; what is left is found by the next one.
      this.#parts.logger.debug({ device: name }, `disconnecting failed: ${PsoError.from(error).message}`);
    }
  }

  /** The kernel would only say that there is no such device. */
  async #requireRdma(): Promise<void> {
    if ((await listRdmaDevices(this.#parts.fs)).length > 0) return;
    throw new PsoError(
      'nvme-rdma-missing',
      'This node has no RDMA device: there is nothing in /sys/class/infiniband.',
      'Check the network card and load its RDMA driver on the node (rdma link shows what is there), or set flasharray.sanType to NVMEOF-TCP or ISCSI.',
    );
  }

  /** Without it each path is a device of its own, and nothing would put them together. */
  async #requireMultipath(): Promise<void> {
    const value = await readAttribute(this.#parts.fs, MULTIPATH);
    if (value === 'Y') return;
    if (value === null) await this.#requireModule(FABRICS);
    throw new PsoError(
      'nvme-multipath-off',
      `The kernel of this node puts NVMe paths together only where ${MULTIPATH} is "Y"; it is "${value ?? 'missing'}".`,
      'Boot the node with nvme_core.multipath=Y.',
    );
  }
}

const withoutModule = (file: string): PsoError =>
  new PsoError(
    'nvme-module-missing',
    `The kernel of this node has no NVMe over Fabrics: there is no ${file}.`,
    'Load it on the node (modprobe nvme-tcp, or nvme-rdma for RoCE), and name it in /etc/modules-load.d so that it is there after a boot.',
  );
