import type { Transfer } from './array-network.ts';
import { splitVolumeName } from './names.ts';
import type { Effect } from './plan.ts';
import type { GroupSnapshotRecord, SnapshotRecord, VolumeRecord } from './records.ts';
import type { ArrayState } from './state.ts';

/** A transfer that has come to its end: data first, then the target knows its snapshots. */
export interface Arrival {
  readonly effects: readonly Effect[];
  readonly commit: () => void;
}

/** Transfers from or to this array whose time is over, and whose arrays reach each other. */
export function arrivalsAt(state: ArrayState, nowMs: number): Arrival[] {
  const due = state.network.transfers.filter(
    transfer => (transfer.source === state || transfer.target === state) && isDue(transfer, nowMs),
  );
  return due.map(arrivalOf);
}

function isDue({ source, target, startedMs, durationMs, completedMs }: Transfer, nowMs: number): boolean {
  return completedMs === null && startedMs + durationMs <= nowMs && source.network.canTalk(source, target);
}

function arrivalOf(transfer: Transfer): Arrival {
  const { target, replica, snapshot, startedMs, durationMs } = transfer;
  const name = `${replica.name}.${snapshot.suffix}`;
  const members: SnapshotRecord[] = [];
  const copy: GroupSnapshotRecord = {
    kind: 'group-snapshot',
    id: target.nextId(),
    name,
    suffix: snapshot.suffix,
    group: replica,
    createdMs: snapshot.createdMs,
    destroyedMs: null,
    members,
  };
  for (const member of snapshot.members) members.push(copyOf(transfer, copy, member));
  const data = members.map(({ serial, sizeBytes }, index) => ({
    arrayIqn: target.settings.iqn,
    volumeSerial: snapshot.members[index]?.serial ?? '',
    snapshotSerial: serial,
    sizeBytes,
  }));
  return {
    effects: data.length === 0 ? [] : [plane => plane.snapshotsTaken(data)],
    commit: () => {
      transfer.completedMs = startedMs + durationMs;
      if (target.groupSnapshots.find(name) !== undefined) return;
      target.enroll(copy);
      for (const member of members) {
        target.enroll(member);
        member.volume.snapshots.add(member);
      }
    },
  };
}

function copyOf({ target, replica }: Transfer, copy: GroupSnapshotRecord, source: SnapshotRecord): SnapshotRecord {
  const { leaf } = splitVolumeName(source.volume.name);
  return {
    ...source,
    id: target.nextId(),
    name: `${copy.name}.${leaf}`,
    serial: target.nextSerial(),
    destroyedMs: null,
    volume: standInFor(target, replica, source.volume),
    groupSnapshot: copy,
    tags: [...source.tags],
  };
}

/** The target has no such volume: its snapshots belong to one that is known by name only. */
function standInFor(target: ArrayState, { origin }: Transfer['replica'], volume: VolumeRecord): VolumeRecord {
  const known = origin?.volumes.get(volume.serial);
  if (known !== undefined) return known;
  const { leaf } = splitVolumeName(volume.name);
  const standIn: VolumeRecord = {
    ...volume,
    id: target.nextId(),
    name: `${origin?.state.name ?? ''}:${leaf}`,
    pod: null,
    group: null,
    connections: new Set(),
    snapshots: new Set(),
    protectionGroups: new Set(),
    tags: [],
    destroyedMs: null,
  };
  origin?.volumes.set(volume.serial, standIn);
  return standIn;
}
