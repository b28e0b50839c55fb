import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import { checkSuffix } from '../names.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { SnapshotRecord, VolumeRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { SNAPSHOT_MISSING, VOLUME_MISSING } from '../state.ts';
import { byDestroyed, named, targets } from '../../common/select.ts';
import { parseTags } from './tags.ts';
import { snapshotName } from './volume-changes.ts';
import { snapshotItem } from './volume-items.ts';
import { isEradicationOff } from './volumes.ts';

const SOURCES = { names: 'source_names', ids: 'source_ids' };
const DESTROYED =
  'Volume snapshot has been destroyed. It can be recovered by purevol recover and eradicated by purevol eradicate.';

export function getSnapshots(state: ArrayState, call: Call): Plan {
  const sources = named(call, state.volumes, SNAPSHOT_MISSING, SOURCES);
  const chosen = named(call, state.snapshots, SNAPSHOT_MISSING);
  const all = sources === undefined ? state.snapshots.values() : sources.flatMap(volume => [...volume.snapshots]);
  const build = (snapshot: SnapshotRecord): JsonObject => snapshotItem(state, snapshot, call.nowMs);
  const shown = byDestroyed(call, all, chosen, SNAPSHOT_MISSING);
  return list(call, shown, build);
}

export function newSnapshot(
  state: ArrayState,
  volume: VolumeRecord,
  suffix: string,
  nowMs: number,
  groupSnapshot: SnapshotRecord['groupSnapshot'],
): SnapshotRecord {
  return {
    kind: 'snapshot',
    id: state.nextId(),
    name: snapshotName({ volume, groupSnapshot }, suffix),
    suffix,
    serial: state.nextSerial(),
    sizeBytes: volume.sizeBytes,
    createdMs: nowMs,
    destroyedMs: null,
    volume,
    groupSnapshot,
    tags: [],
  };
}

/** Without a suffix snapshots are counted: `vol.1`, `vol.2` … */
function nextNumber(volume: VolumeRecord): string {
  const numbers = Array.from(volume.snapshots, ({ suffix }) => (/^\d+$/.test(suffix) ? Number(suffix) : 0));
  return String(Math.max(0, ...numbers) + 1);
}

export function postSnapshots(state: ArrayState, call: Call): Plan {
  const volumes = named(call, state.volumes, VOLUME_MISSING, SOURCES);
  if (volumes === undefined) throw refuse('Missing required parameter: source_names.');
  const body = bodyObject(call);
  const given = typeof body.suffix === 'string' ? body.suffix : null;
  if (given !== null) checkSuffix(given);
  const tags = parseTags(body.tags, given ?? '');
  const fresh = checkEach(volumes, volume => {
    if (volume.destroyedMs !== null) throw refuse('Volume has been destroyed.', volume.name);
    const suffix = given ?? nextNumber(volume);
    const name = snapshotName({ volume, groupSnapshot: null }, suffix);
    if (state.snapshots.find(name) !== undefined) throw refuse('Volume snapshot already exists.', name);
    return newSnapshot(state, volume, suffix, call.nowMs, null);
  });
  return {
    effects: [plane => plane.snapshotsTaken(fresh.map(snapshot => dataOf(state, snapshot)))],
    commit: () => {
      for (const snapshot of fresh) {
        snapshot.tags = [...snapshot.volume.tags.filter(({ copyable }) => copyable), ...tags];
        state.enroll(snapshot);
        snapshot.volume.snapshots.add(snapshot);
      }
      return { items: fresh.map(snapshot => snapshotItem(state, snapshot, call.nowMs)) };
    },
  };
}

export function dataOf(
  state: ArrayState,
  { volume, serial, sizeBytes }: SnapshotRecord,
): { arrayIqn: string; volumeSerial: string; snapshotSerial: string; sizeBytes: number } {
  return { arrayIqn: state.settings.iqn, volumeSerial: volume.serial, snapshotSerial: serial, sizeBytes };
}

export function patchSnapshots(state: ArrayState, call: Call): Plan {
  const body = bodyObject(call);
  const snapshots = targets(call, state.snapshots, SNAPSHOT_MISSING);
  const { destroyed, name } = body;
  if (destroyed === undefined && name === undefined) throw refuse('No attribute specified.');
  if (destroyed !== undefined && name !== undefined) throw refuse('Invalid combination of parameters specified.');
  checkEach(snapshots, snapshot => checkChange(state, snapshot, destroyed, name));
  return {
    effects: [],
    commit: () => {
      for (const snapshot of snapshots) {
        if (destroyed === true) state.destroy(snapshot, call.nowMs);
        if (destroyed === false) state.recover(snapshot);
        if (typeof name === 'string') renameSnapshot(state, snapshot, suffixOf(name));
      }
      return { items: snapshots.map(snapshot => snapshotItem(state, snapshot, call.nowMs)) };
    },
  };
}

/** A new name is a suffix; the whole name is taken too. */
function suffixOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function checkChange(state: ArrayState, snapshot: SnapshotRecord, destroyed: unknown, name: unknown): void {
  if (destroyed === true && snapshot.destroyedMs !== null) throw refuse(DESTROYED, snapshot.name);
  if (destroyed === true && snapshot.groupSnapshot !== null) {
    throw refuse('Cannot destroy a member of a protection group snapshot.', snapshot.name);
  }
  if (destroyed === false && snapshot.destroyedMs === null)
    throw refuse('Volume snapshot has not been destroyed.', snapshot.name);
  if (destroyed === false && snapshot.volume.destroyedMs !== null)
    throw refuse('Volume has been destroyed.', snapshot.volume.name);
  if (typeof name !== 'string') return;
  checkSuffix(suffixOf(name));
  const taken = state.snapshots.find(snapshotName(snapshot, suffixOf(name)));
  if (taken !== undefined && taken !== snapshot) throw refuse('Volume snapshot already exists.', taken.name);
}

function renameSnapshot(state: ArrayState, snapshot: SnapshotRecord, suffix: string): void {
  snapshot.suffix = suffix;
  state.rename(snapshot, snapshotName(snapshot, suffix));
}

export function deleteSnapshots(state: ArrayState, call: Call): Plan {
  const snapshots = checkEach(targets(call, state.snapshots, SNAPSHOT_MISSING), snapshot => {
    if (snapshot.destroyedMs === null) throw refuse('Volume snapshot has not been destroyed.', snapshot.name);
    if (isEradicationOff(state, snapshot.volume)) throw refuse('Eradication is disabled.');
    return snapshot;
  });
  return {
    effects: snapshots.flatMap(snapshot => state.eradicationEffects(snapshot)),
    commit: () => {
      for (const snapshot of snapshots) state.eradicate(snapshot);
      return NO_BODY;
    },
  };
}
