import { refuse } from '../../common/api-error.ts';
import { hashText } from '../../common/seeded.ts';
import { list } from '../listing.ts';
import { usedBytes } from '../load-model.ts';
import type { Call, Plan } from '../plan.ts';
import type { SnapshotRecord, VolumeRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { SNAPSHOT_MISSING } from '../state.ts';
import { context } from './volume-items.ts';

const MIB = 2 ** 20;
const DAY_MS = 86_400_000;
const RESOLUTION = 1_000_000;

type Side = VolumeRecord | SnapshotRecord;

interface Extent {
  readonly offset: number;
  length: number;
}

function sideOf(state: ArrayState, call: Call, names: string, ids: string): Side | undefined {
  const name = call.query.list(names)?.[0];
  const id = call.query.list(ids)?.[0];
  if (name === undefined && id === undefined) return undefined;
  const found =
    name === undefined
      ? (state.volumes.findId(id ?? '') ?? state.snapshots.findId(id ?? ''))
      : (state.volumes.find(name) ?? state.snapshots.find(name));
  if (found === undefined || found.destroyedMs !== null) throw refuse(SNAPSHOT_MISSING, name ?? id ?? null);
  return found;
}

/**
 * Blocks that differ between two states of a volume; without a base, blocks that are written. They are made up, by the
 * seed of both, but stay the same and fit the volume's figures. With a data plane nobody here knows what changed: then
 * all of the segment is told, which is never wrong.
 */
export function getVolumeDiff(state: ArrayState, call: Call): Plan {
  const target = sideOf(state, call, 'names', 'ids');
  if (target === undefined) throw refuse('Missing required parameter: names.');
  const base = sideOf(state, call, 'base_name', 'base_id');
  const blockSize = call.query.integer('block_size') ?? MIB;
  if (blockSize <= 0 || blockSize % 512 !== 0) throw refuse('Block size must be a multiple of 512.', String(blockSize));
  const from = call.query.integer('segment_offset') ?? 0;
  if (from % blockSize !== 0) throw refuse('Segment offset must be a multiple of the block size.', String(from));
  const end = Math.min(target.sizeBytes, from + (call.query.integer('segment_length') ?? target.sizeBytes));
  const extents = state.holdsData
    ? [{ offset: from, length: Math.max(0, end - from) }].filter(({ length }) => length > 0)
    : changed(target, base, { from, end, blockSize }, call.nowMs);
  return list(call, extents, ({ offset, length }) => ({ offset, length, context: context(state) }));
}

function originOf(side: Side): VolumeRecord {
  return side.kind === 'volume' ? side : side.volume;
}

function timeOf(side: Side, nowMs: number): number {
  return side.kind === 'volume' ? nowMs : side.createdMs;
}

function changed(
  target: Side,
  base: Side | undefined,
  { from, end, blockSize }: { readonly from: number; readonly end: number; readonly blockSize: number },
  nowMs: number,
): Extent[] {
  if (base === target) return [];
  const time = timeOf(target, nowMs);
  const written = usedBytes(originOf(target), time) / target.sizeBytes;
  const age = base === undefined ? Infinity : Math.abs(time - timeOf(base, nowMs));
  const share = written * (1 - Math.exp(-age / DAY_MS));
  const seed = hashText(`${base?.id ?? ''}/${target.id}`);
  const step = Math.ceil(MIB / blockSize) * blockSize;
  const extents: Extent[] = [];
  for (let offset = from; offset < end; offset += step) {
    if (draw(seed, offset / step) >= share) continue;
    const length = Math.min(step, end - offset);
    const last = extents.at(-1);
    if (last !== undefined && last.offset + last.length === offset) last.length += length;
    else extents.push({ offset, length });
  }
  return extents;
}

/** In [0, 1). */
function draw(seed: number, index: number): number {
  const mixed = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b) >>> 0;
  return (mixed % RESOLUTION) / RESOLUTION;
}
