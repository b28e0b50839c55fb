import type { NvmePublishContext, SanPublishContext, ScsiPublishContext } from '../domain/publish-context.ts';
import type { AttachedDevice } from './attachment.ts';
import type { Disk, MultipathMap } from './block-devices.ts';
import type { SanTransport } from './san-transport.ts';

export interface SanTransportsParts {
  readonly scsi: SanTransport<ScsiPublishContext>;
  readonly nvme: SanTransport<NvmePublishContext>;
}

/** Volumes of several SANs on one node, e.g. after the setting changed: a WWID or target tells by its form which one it is of. */
export class SanTransports implements SanTransport {
  readonly #parts: SanTransportsParts;

  constructor(parts: SanTransportsParts) {
    this.#parts = parts;
  }

  attach(context: SanPublishContext): Promise<AttachedDevice> {
    return 'targetNqn' in context ? this.#parts.nvme.attach(context) : this.#parts.scsi.attach(context);
  }

  complete(device: AttachedDevice): Promise<void> {
    return this.#of(device.wwid).complete(device);
  }

  verify(wwid: string, expectedPaths: number, known: readonly Disk[]): Promise<AttachedDevice> {
    return this.#of(wwid).verify(wwid, expectedPaths, known);
  }

  async rescan(paths: readonly Disk[]): Promise<void> {
    const [first] = paths;
    if (first?.wwid) await this.#of(first.wwid).rescan(paths);
  }

  deviceOf(wwid: string): Promise<MultipathMap | null> {
    return this.#of(wwid).deviceOf(wwid);
  }

  pathsOf(wwid: string): Promise<readonly Disk[]> {
    return this.#of(wwid).pathsOf(wwid);
  }

  async wwidOfNumber(number: string): Promise<string | null> {
    return (await this.#parts.scsi.wwidOfNumber(number)) ?? (await this.#parts.nvme.wwidOfNumber(number));
  }

  async wwidOfName(name: string): Promise<string | null> {
    return (await this.#parts.scsi.wwidOfName(name)) ?? (await this.#parts.nvme.wwidOfName(name));
  }

  resize(device: MultipathMap): Promise<void> {
    return (device.device.startsWith('dm-') ? this.#parts.scsi : this.#parts.nvme).resize(device);
  }

  remove(wwid: string, volumeId: string): Promise<void> {
    return this.#of(wwid).remove(wwid, volumeId);
  }

  leaveIfUnused(target: string, volumeId: string): Promise<void> {
    return (target.startsWith('nqn.') ? this.#parts.nvme : this.#parts.scsi).leaveIfUnused(target, volumeId);
  }

  #of(wwid: string): Omit<SanTransport, 'attach'> {
    return wwid.startsWith('eui.') ? this.#parts.nvme : this.#parts.scsi;
  }
}
