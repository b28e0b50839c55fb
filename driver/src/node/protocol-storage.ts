import type { NfsPublishContext, SanPublishContext } from '../domain/publish-context.ts';
import type { HostFs } from './host-fs.ts';
import { mountAt, readMounts } from './mount-table.ts';
import { isNfs } from './nfs/nfs-mounter.ts';
import type { ExpandRequest, NodeStorage, PublishRequest, StageRequest, VolumeStats } from './node-storage.ts';

export interface ProtocolStorageParts {
  readonly fs: HostFs;
  readonly san: NodeStorage<SanPublishContext>;
  readonly nfs: NodeStorage<NfsPublishContext>;
}

/**
 * Sends each request to the storage that speaks its volume's protocol: as the context says where there is one, else as the
 * mount table says. A path without a mount goes to the SAN side, which keeps notes of raw and half-staged volumes.
 */
export class ProtocolStorage implements NodeStorage {
  readonly #parts: ProtocolStorageParts;

  constructor(parts: ProtocolStorageParts) {
    this.#parts = parts;
  }

  async stage(request: StageRequest): Promise<void> {
    const { context } = request;
    if (context.protocol === 'nfs') return this.#parts.nfs.stage({ ...request, context });
    return this.#parts.san.stage({ ...request, context: context });
  }

  async publish(request: PublishRequest): Promise<void> {
    const { context } = request;
    if (context.protocol === 'nfs') return this.#parts.nfs.publish({ ...request, context });
    return this.#parts.san.publish({ ...request, context: context });
  }

  async unstage(volumeId: string, stagingPath: string): Promise<void> {
    return (await this.#at(stagingPath)).unstage(volumeId, stagingPath);
  }

  async unpublish(volumeId: string, targetPath: string): Promise<void> {
    return (await this.#at(targetPath)).unpublish(volumeId, targetPath);
  }

  async expand(request: ExpandRequest): Promise<number> {
    return (await this.#at(request.volumePath)).expand(request);
  }

  async stats(volumeId: string, volumePath: string): Promise<VolumeStats> {
    return (await this.#at(volumePath)).stats(volumeId, volumePath);
  }

  async #at(path: string): Promise<NodeStorage<never>> {
    const mount = mountAt(await readMounts(this.#parts.fs), path.replace(/\/$/, ''));
    return mount && isNfs(mount) ? this.#parts.nfs : this.#parts.san;
  }
}
