import { PsoError } from '../domain/errors.ts';
import type { IscsiPublishContext, PublishContext } from '../domain/publish-context.ts';
import type { ExpandRequest, NodeStorage, PublishRequest, StageRequest, VolumeStats } from './node-storage.ts';

/** Sends each request to the storage that speaks its volume's protocol. */
export class ProtocolStorage implements NodeStorage {
  readonly #iscsi: NodeStorage<IscsiPublishContext>;

  constructor(iscsi: NodeStorage<IscsiPublishContext>) {
    this.#iscsi = iscsi;
  }

  async stage(request: StageRequest): Promise<void> {
    const { context } = request;
    if (context.protocol !== 'iscsi') throw notSpoken(context);
    return this.#iscsi.stage({ ...request, context });
  }

  async publish(request: PublishRequest): Promise<void> {
    const { context } = request;
    if (context.protocol !== 'iscsi') throw notSpoken(context);
    return this.#iscsi.publish({ ...request, context });
  }

  unstage(volumeId: string, stagingPath: string): Promise<void> {
    return this.#iscsi.unstage(volumeId, stagingPath);
  }

  unpublish(volumeId: string, targetPath: string): Promise<void> {
    return this.#iscsi.unpublish(volumeId, targetPath);
  }

  expand(request: ExpandRequest): Promise<number> {
    return this.#iscsi.expand(request);
  }

  stats(volumeId: string, volumePath: string): Promise<VolumeStats> {
    return this.#iscsi.stats(volumeId, volumePath);
  }
}

const notSpoken = ({ protocol }: PublishContext): PsoError =>
  new PsoError(
    'unsupported',
    `The node plugin does not speak ${protocol} yet.`,
    'Use a class whose arrays are reached by iSCSI.',
  );
