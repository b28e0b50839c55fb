import type { StorageArray } from './storage-array.ts';

/** A deleted volume that its array still keeps; drivers that report none leave the list away. */
export interface DeletedVolume {
  readonly name: string;
  readonly sizeBytes?: number;
  /** RFC 3339: from then on the array may erase it. */
  readonly erasedAt?: string;
}

export interface DeletedRow {
  readonly id: string;
  readonly name: string;
  readonly array: string;
  readonly sizeBytes: number | null;
  /** Milliseconds until it may be erased, 0 when that is due; null: the array does not say. */
  readonly leftMs: number | null;
}

/** Null: no array reports deleted volumes, so nothing is known; an empty list: there are none. */
export function deletedRows(arrays: readonly StorageArray[], nowMs: number): readonly DeletedRow[] | null {
  const reporting = arrays.filter(({ status }) => status?.deleted !== undefined);
  if (reporting.length === 0) return null;
  const rows = reporting.flatMap(({ metadata, status }) =>
    (status?.deleted ?? []).map(({ name, sizeBytes, erasedAt }): DeletedRow => {
      const atMs = Date.parse(erasedAt ?? '');
      const leftMs = Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
      return {
        id: `${metadata.name}/${name}`,
        name,
        array: status?.arrayName ?? metadata.name,
        sizeBytes: sizeBytes ?? null,
        leftMs,
      };
    }),
  );
  return rows.sort((a, b) => (a.leftMs ?? Infinity) - (b.leftMs ?? Infinity) || a.id.localeCompare(b.id));
}

/** What is left as `23 h 59 min`; minutes are enough, and days are hours that nobody can count. */
export function readableLeft(leftMs: number): string {
  const minutes = Math.floor(leftMs / 60_000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}
