import type { ArrayObservation, ArraySettings, ArrayTraffic } from '../domain/array.ts';
import type { ArrayExamination } from '../domain/array-check.ts';
import type { DeletedVolume } from '../domain/deleted-volume.ts';
import type { NodeIdentity } from '../domain/node-id.ts';
import type { PublishContext } from '../domain/publish-context.ts';
import type { VolumeChanges } from '../domain/volume-changes.ts';
import type { VolumeDetails, VolumeFigures } from '../domain/volume-report.ts';
import type { Snapshot, Volume } from '../domain/volume.ts';
import type { RestCall, RestClient } from '../rest/rest-client.ts';
import type {
  ArrayBackend,
  ArrayConnection,
  CallContext,
  CreateVolumeSpec,
  Page,
  PublishSpec,
  UsageOnArray,
  UsageWishes,
} from './backend.ts';
import { translated } from './errors.ts';
import { examine, type Facts } from './examine.ts';
import { at } from './rest-call.ts';

/** What the operations of every family need, and more. */
interface RestArray {
  readonly rest: RestClient;
  readonly facts: Facts;
}

/** A method of the port as a family's function: of its array, at an urgency. */
type Operation<Context, Method> = Method extends (...given: [...infer Given, CallContext]) => infer Answer
  ? (array: Context, ...given: [...Given, RestCall]) => Answer
  : never;

// prettier-ignore
type OperationName =
  | 'createVolume' | 'findVolume' | 'findVolumes' | 'deleteVolume' | 'expandVolume' | 'modifyVolume' | 'deletedVolumes'
  | 'volumeFigures' | 'volumeDetails' | 'usage' | 'publish' | 'unpublish' | 'publishedNodes'
  | 'createSnapshot' | 'deleteSnapshot' | 'findSnapshot' | 'listSnapshots' | 'hasSnapshots';

/** What a family does in its own way. */
export type Operations<Context> = {
  readonly [Name in OperationName]: Operation<Context, ArrayBackend[Name]>;
};

export const settingsOf = ({ endpoint, kind, labels, cordoned }: ArrayConnection): ArraySettings => ({
  endpoint,
  kind,
  labels,
  cordoned,
});

/** One array of any family. What it does is its family's; here is only which call has which urgency. */
export class RestBackend<Context extends RestArray> implements Omit<ArrayBackend, 'listVolumes'> {
  readonly settings: ArraySettings;
  protected readonly array: Context;
  readonly #operations: Operations<Context>;

  constructor(settings: ArraySettings, array: Context, operations: Operations<Context>) {
    this.settings = settings;
    this.array = array;
    this.#operations = operations;
  }

  traffic(): ArrayTraffic {
    return this.array.rest.traffic;
  }

  async observe(call: CallContext): Promise<ArrayObservation> {
    return await translated('reading its state', () => this.array.facts.observe(at('poll', call)));
  }

  async examine(call: CallContext): Promise<ArrayExamination> {
    return await examine(this.array.rest, this.array.facts, call);
  }

  async createVolume(spec: CreateVolumeSpec, call: CallContext): Promise<Volume> {
    return await this.#operations.createVolume(this.array, spec, at('create', call));
  }

  async findVolume(name: string, call: CallContext): Promise<Volume | null> {
    return await this.#operations.findVolume(this.array, name, at('create', call));
  }

  async findVolumes(names: readonly string[], call: CallContext): Promise<readonly Volume[]> {
    return await this.#operations.findVolumes(this.array, names, at('create', call));
  }

  async deleteVolume(name: string, call: CallContext): Promise<void> {
    await this.#operations.deleteVolume(this.array, name, at('delete', call));
  }

  async hasSnapshots(volumeName: string, call: CallContext): Promise<boolean> {
    return await this.#operations.hasSnapshots(this.array, volumeName, at('delete', call));
  }

  async expandVolume(name: string, sizeBytes: number, call: CallContext): Promise<number> {
    return await this.#operations.expandVolume(this.array, name, sizeBytes, at('expand', call));
  }

  async modifyVolume(name: string, changes: VolumeChanges, call: CallContext): Promise<void> {
    await this.#operations.modifyVolume(this.array, name, changes, at('expand', call));
  }

  async deletedVolumes(prefix: string, limit: number, call: CallContext): Promise<Page<DeletedVolume>> {
    return await this.#operations.deletedVolumes(this.array, prefix, limit, at('poll', call));
  }

  async volumeFigures(names: readonly string[], call: CallContext): Promise<readonly VolumeFigures[]> {
    return await this.#operations.volumeFigures(this.array, names, at('poll', call));
  }

  async volumeDetails(name: string, call: CallContext): Promise<VolumeDetails> {
    return await this.#operations.volumeDetails(this.array, name, at('poll', call));
  }

  async usage(wishes: UsageWishes, call: CallContext): Promise<UsageOnArray> {
    return await this.#operations.usage(this.array, wishes, at('poll', call));
  }

  async publish(spec: PublishSpec, call: CallContext): Promise<PublishContext> {
    return await this.#operations.publish(this.array, spec, at('attach', call));
  }

  async unpublish(volumeName: string, node: NodeIdentity | null, call: CallContext): Promise<void> {
    await this.#operations.unpublish(this.array, volumeName, node, at('detach', call));
  }

  async publishedNodes(volumeName: string, call: CallContext): Promise<readonly string[]> {
    return await this.#operations.publishedNodes(this.array, volumeName, at('attach', call));
  }

  async createSnapshot(volumeName: string, suffix: string, call: CallContext): Promise<Snapshot> {
    return await this.#operations.createSnapshot(this.array, volumeName, suffix, at('snapshot', call));
  }

  async deleteSnapshot(name: string, call: CallContext): Promise<void> {
    await this.#operations.deleteSnapshot(this.array, name, at('delete', call));
  }

  async findSnapshot(name: string, call: CallContext): Promise<Snapshot | null> {
    return await this.#operations.findSnapshot(this.array, name, at('snapshot', call));
  }

  async listSnapshots(
    filter: { readonly prefix: string; readonly volumeName: string | null },
    page: { limit: number; token: string | null },
    call: CallContext,
  ): Promise<Page<Snapshot>> {
    return await this.#operations.listSnapshots(this.array, filter, page, at('poll', call));
  }

  async close(): Promise<void> {
    await this.array.rest.close();
  }
}
