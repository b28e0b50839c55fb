import type { PsoError } from '../domain/errors.ts';
import type { VolumeSnapshotNote } from '../domain/volume-report.ts';
import type { Snapshot } from '../domain/volume.ts';
import type { Listing } from '../rest/listing.ts';
import type { RestCall } from '../rest/rest-client.ts';
import { RestError } from '../rest/rest-error.ts';
import type { Page } from './backend.ts';
import { afterWrite, isMissing, translated } from './errors.ts';
import { checkedSuffix } from './names.ts';

const MOST_SNAPSHOTS = 1000;

/** Of one volume, or of all whose name starts with `prefix`. */
export interface SnapshotFilter {
  readonly prefix: string;
  readonly volumeName: string | null;
}

interface PageWish {
  readonly limit: number;
  readonly token: string | null;
}

interface Destroyable {
  readonly isDestroyed: boolean;
}

/** What a family of arrays is asked in its own way: about one array, at one urgency. */
export interface SnapshotCalls<Item extends Destroyable> {
  arrayId(): Promise<string>;
  post(volumeName: string, suffix: string): Promise<Item>;
  /** Live or destroyed; null when there is none. */
  find(name: string): Promise<Item | null>;
  list(filter: SnapshotFilter, page: PageWish): Promise<Listing<Item>>;
  toSnapshot(arrayId: string, item: Item): Snapshot;
  /** What to say of a name that a destroyed one keeps. */
  heldByDestroyed(name: string): PsoError;
}

/** What the port says of snapshots, but for deletion. */
export const snapshotOperations = <Context, Item extends Destroyable>(
  callsOf: (array: Context, call: RestCall) => SnapshotCalls<Item>,
) => ({
  createSnapshot: (array: Context, volumeName: string, suffix: string, call: RestCall) =>
    createSnapshot(callsOf(array, call), volumeName, suffix),
  findSnapshot: (array: Context, name: string, call: RestCall) => findSnapshot(callsOf(array, call), name),
  listSnapshots: (array: Context, filter: SnapshotFilter, page: PageWish, call: RestCall) =>
    listSnapshots(callsOf(array, call), filter, page),
  hasSnapshots: (array: Context, volumeName: string, call: RestCall) => hasSnapshots(callsOf(array, call), volumeName),
});

async function createSnapshot<Item extends Destroyable>(
  calls: SnapshotCalls<Item>,
  volumeName: string,
  suffix: string,
): Promise<Snapshot> {
  const name = `${volumeName}.${suffix}`;
  const doing = `taking snapshot ${name}`;
  checkedSuffix(suffix);
  return await translated(doing, async () => {
    const arrayId = await calls.arrayId();
    try {
      return calls.toSnapshot(arrayId, await calls.post(volumeName, suffix));
    } catch (error) {
      if (!(error instanceof RestError) || !error.says('already exists')) throw error;
    }
    return calls.toSnapshot(arrayId, await adopted(calls, name, doing));
  });
}

async function adopted<Item extends Destroyable>(
  calls: SnapshotCalls<Item>,
  name: string,
  doing: string,
): Promise<Item> {
  let item: Item | null;
  try {
    item = await calls.find(name);
  } catch (error) {
    throw afterWrite(error, doing);
  }
  if (item?.isDestroyed === false) return item;
  throw calls.heldByDestroyed(name);
}

async function findSnapshot<Item extends Destroyable>(
  calls: SnapshotCalls<Item>,
  name: string,
): Promise<Snapshot | null> {
  if (!name.includes('.')) return null;
  return await translated(`looking for snapshot ${name}`, async () => {
    const arrayId = await calls.arrayId();
    const item = await calls.find(name);
    return item?.isDestroyed === false ? calls.toSnapshot(arrayId, item) : null;
  });
}

async function listSnapshots<Item extends Destroyable>(
  calls: SnapshotCalls<Item>,
  filter: SnapshotFilter,
  page: PageWish,
): Promise<Page<Snapshot>> {
  return await translated('listing snapshots', async () => {
    const arrayId = await calls.arrayId();
    try {
      const { items, next } = await calls.list(filter, page);
      return { items: items.filter(item => !item.isDestroyed).map(item => calls.toSnapshot(arrayId, item)), next };
    } catch (error) {
      if (filter.volumeName !== null && isMissing(error)) return { items: [], next: null };
      throw error;
    }
  });
}

/** Destroying a volume destroys its snapshots with it: one call to know whether there are any. */
async function hasSnapshots<Item extends Destroyable>(
  calls: SnapshotCalls<Item>,
  volumeName: string,
): Promise<boolean> {
  const page = await listSnapshots(calls, { prefix: '', volumeName }, { limit: 1, token: null });
  return page.items.length > 0;
}

/** Newest first. */
export async function snapshotsOf<Item extends Destroyable>(
  calls: SnapshotCalls<Item>,
  volumeName: string,
): Promise<readonly VolumeSnapshotNote[]> {
  const page = await listSnapshots(calls, { prefix: '', volumeName }, { limit: MOST_SNAPSHOTS, token: null });
  return page.items
    .map(({ handle, createdAtMs }) => ({ name: handle.name, createdAtMs }))
    .sort((a, b) => b.createdAtMs - a.createdAtMs);
}
