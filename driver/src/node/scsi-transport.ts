import type { ScsiPublishContext } from '../domain/publish-context.ts';
import { fcTargets, iscsiTargets } from '../domain/publish-context.ts';
import type { Attachment } from './attachment.ts';
import type { Disk, MultipathMap } from './block-devices.ts';
import { disksOf, mapOf, mapUuid, wwidOfDeviceNumber } from './block-devices.ts';
import { fcWay } from './fc/fc-way.ts';
import type { HostFs } from './host-fs.ts';
import type { IscsiLogin } from './iscsi-login.ts';
import { iscsiWay } from './iscsi-way.ts';
import type { Multipath } from './multipath.ts';
import type { Removal } from './removal.ts';
import type { SanTransport } from './san-transport.ts';
import type { ScsiWay } from './scsi-way.ts';

export interface ScsiTransportParts {
  readonly fs: HostFs;
  readonly login: IscsiLogin;
  readonly attachment: Attachment;
  readonly removal: Removal;
  readonly multipath: Multipath;
}

/** SCSI disks below a device-mapper multipath map, by iSCSI or Fibre Channel. */
export class ScsiTransport implements SanTransport<ScsiPublishContext> {
  readonly #parts: ScsiTransportParts;

  constructor(parts: ScsiTransportParts) {
    this.#parts = parts;
  }

  attach = (context: ScsiPublishContext) => this.#parts.attachment.attach(context.wwid, this.#waysOf(context));

  complete: SanTransport['complete'] = device => this.#parts.attachment.complete(device);

  verify: SanTransport['verify'] = (...args) => this.#parts.attachment.verify(...args);

  rescan = (disks: readonly Disk[]) => this.#parts.attachment.rescan(disks);

  deviceOf = (wwid: string) => mapOf(this.#parts.fs, wwid);

  pathsOf = (wwid: string) => disksOf(this.#parts.fs, wwid);

  wwidOfNumber = (number: string) => wwidOfDeviceNumber(this.#parts.fs, number);

  async wwidOfName(name: string): Promise<string | null> {
    const uuid = /^dm-\d+$/.test(name) ? await mapUuid(this.#parts.fs, name) : null;
    return uuid?.startsWith('mpath-') ? uuid.slice('mpath-'.length) : null;
  }

  resize = (map: MultipathMap) => this.#parts.multipath.resize(map);

  remove = (wwid: string) => this.#parts.removal.remove(wwid);

  leaveIfUnused = (targetIqn: string) => this.#parts.removal.logoutIfUnused(targetIqn);

  #waysOf(context: ScsiPublishContext): readonly ScsiWay[] {
    if (context.protocol === 'fc') return fcTargets(context).map(target => fcWay(this.#parts.fs, target));
    return iscsiTargets(context).map(target => iscsiWay(this.#parts.login, target));
  }
}
