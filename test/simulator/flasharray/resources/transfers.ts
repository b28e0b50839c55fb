import { refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Transfer } from '../array-network.ts';
import { list } from '../listing.ts';
import { usedBytes } from '../load-model.ts';
import type { Call, Plan } from '../plan.ts';
import type { GroupSnapshotRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { context } from './volume-items.ts';

const REDUCTION = 3;
/** Share of a volume that changes between two replicated snapshots. */
const CHANGED = 0.05;
const SHORTEST_MS = 1000;

/** The first snapshot goes over as a whole, later ones as changes. Only targets that allow it get it. */
export function startTransfers(state: ArrayState, snapshot: GroupSnapshotRecord, nowMs: number): void {
  for (const { state: target, isAllowed, replica } of snapshot.group.targets) {
    if (!isAllowed) continue;
    const isFirst = !state.network.transfers.some(one => one.replica === replica);
    const written = snapshot.members.reduce((sum, { volume }) => sum + usedBytes(volume, nowMs), 0);
    const bytes = Math.floor((written * (isFirst ? 1 : CHANGED)) / REDUCTION);
    const durationMs = Math.max(SHORTEST_MS, Math.ceil((bytes / state.settings.replicationBytesPerSec) * 1000));
    const id = state.nextId();
    const start = { startedMs: nowMs, bytes, durationMs, completedMs: null };
    state.network.transfers.push({ id, snapshot, source: state, target, replica, ...start });
  }
}

function nameOn(state: ArrayState, { snapshot, replica, source }: Transfer): string {
  return source === state ? snapshot.name : `${replica.name}.${snapshot.suffix}`;
}

function item(state: ArrayState, transfer: Transfer, nowMs: number): JsonObject {
  const { id, snapshot, startedMs, completedMs, bytes, durationMs } = transfer;
  const share = completedMs === null ? Math.min(0.99, (nowMs - startedMs) / durationMs) : 1;
  const sent = Math.floor(bytes * share);
  return {
    id,
    name: nameOn(state, transfer),
    started: startedMs,
    completed: completedMs,
    progress: share,
    data_transferred: sent,
    physical_bytes_written: sent,
    destroyed: snapshot.destroyedMs !== null,
    context: context(state),
  };
}

export function getTransfers(state: ArrayState, call: Call): Plan {
  const own = state.network.transfers.filter(({ source, target }) => source === state || target === state);
  const names = call.query.list('names')?.map(name => name.toLowerCase());
  const sources = call.query.list('source_names')?.map(name => name.toLowerCase());
  for (const name of names ?? []) {
    const isKnown = state.groupSnapshots.find(name) ?? own.find(one => nameOn(state, one).toLowerCase() === name);
    if (isKnown === undefined) throw refuse('Protection group snapshot does not exist.', name);
  }
  const chosen = own
    .filter(one => names?.includes(nameOn(state, one).toLowerCase()) ?? true)
    .filter(({ snapshot, replica, source }) => {
      const group = source === state ? snapshot.group : replica;
      return sources?.includes(group.name.toLowerCase()) ?? true;
    });
  return list(call, chosen, transfer => item(state, transfer, call.nowMs));
}
