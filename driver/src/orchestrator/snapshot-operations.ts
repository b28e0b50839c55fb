import type { CallContext } from '../backends/backend.ts';
import { PsoError } from '../domain/errors.ts';
import type { Snapshot, VolumeHandle } from '../domain/volume.ts';
import type { Fleet } from './fleet.ts';
import { snapshotSuffix } from './names.ts';
import { listFleet } from './page-token.ts';
import { isReached, SharedPods } from './shared-pods.ts';
import type { ListPage } from './requests.ts';

/** How many names are remembered to tell a name that is used for two volumes. */
const MAX_NAMES = 10_000;

/** A call that comes before the arrays were asked waits so long for them. */
const FIRST_CONTACT_MS = 3000;

/** Snapshots are `<volume>.<suffix>` on the volume's own array. */
export class SnapshotOperations {
  readonly #fleet: Fleet;
  readonly #prefix: string;
  /** Names carry a UUID in Kubernetes; this only answers callers that use one name for two volumes. */
  readonly #sources = new Map<string, string>();

  constructor(fleet: Fleet, prefix: string) {
    this.#fleet = fleet;
    this.#prefix = prefix;
  }

  async create(name: string, source: VolumeHandle, call: CallContext): Promise<Snapshot> {
    const suffix = snapshotSuffix(name);
    const before = this.#sources.get(suffix);
    const key = `${source.arrayId}/${source.name}`;
    if (before !== undefined && before !== key) {
      throw new PsoError(
        'snapshot-name-taken',
        `Snapshot ${name} exists already, of volume ${before}.`,
        'Use another name.',
      );
    }
    const { backend } = (await this.#asked()).byArrayId(source.arrayId, `Volume ${source.name}`);
    const snapshot = await backend.createSnapshot(source.name, suffix, call);
    this.#remember(suffix, key);
    return snapshot;
  }

  async delete(handle: VolumeHandle, call: CallContext): Promise<void> {
    const { backend } = (await this.#asked()).byArrayId(handle.arrayId, `Snapshot ${handle.name}`);
    await backend.deleteSnapshot(handle.name, call);
    this.#sources.delete(handle.name.slice(handle.name.indexOf('.') + 1));
  }

  async find(handle: VolumeHandle, call: CallContext): Promise<Snapshot | null> {
    return (await this.#asked())
      .byArrayId(handle.arrayId, `Snapshot ${handle.name}`)
      .backend.findSnapshot(handle.name, call);
  }

  /** Of one volume, or of all of this cluster. */
  async list(
    volume: VolumeHandle | null,
    page: { readonly limit: number; readonly token: string },
    call: CallContext,
  ): Promise<ListPage<Snapshot>> {
    const filter = { prefix: this.#prefix, volumeName: volume?.name ?? null };
    const members = volume
      ? [(await this.#asked()).byArrayId(volume.arrayId, `Volume ${volume.name}`)]
      : (await this.#asked()).members();
    const pods = new SharedPods(members, call);
    return listFleet(
      members,
      page,
      async (member, part, context) => {
        const listed = await member.backend.listSnapshots(filter, part, context);
        return isReached(member) ? pods.own(member, listed) : listed;
      },
      call,
    );
  }

  async #asked(): Promise<Fleet> {
    await this.#fleet.whenAsked(FIRST_CONTACT_MS);
    return this.#fleet;
  }

  #remember(suffix: string, key: string): void {
    this.#sources.set(suffix, key);
    if (this.#sources.size <= MAX_NAMES) return;
    const [oldest] = this.#sources.keys();
    if (oldest !== undefined) this.#sources.delete(oldest);
  }
}
