import type { KeptVolumes } from '../../../driver/src/domain/deleted-volume.ts';

export interface DeletedRow {
  readonly id: string;
  readonly name: string;
  readonly array: string;
  readonly sizeBytes: number;
  /** Milliseconds until it may be erased, 0 when that is due; null: the array does not say. */
  readonly leftMs: number | null;
}

/** `passedMs`: since the driver was asked. Those that are erased first come first. */
export function deletedRows(arrays: readonly KeptVolumes[], passedMs: number): readonly DeletedRow[] {
  const rows = arrays.flatMap(({ endpoint, name: array, volumes }) =>
    volumes.map(({ name, sizeBytes, leftMs }): DeletedRow => {
      const left = leftMs === null ? null : Math.max(0, leftMs - passedMs);
      return { id: `${endpoint}/${name}`, name, array, sizeBytes, leftMs: left };
    }),
  );
  return rows.sort((a, b) => (a.leftMs ?? Infinity) - (b.leftMs ?? Infinity) || a.id.localeCompare(b.id));
}

/** Arrays of which nothing is known, and those that keep more than is listed. */
export const unknownArrays = (arrays: readonly KeptVolumes[]): readonly KeptVolumes[] =>
  arrays.filter(({ trouble }) => trouble !== null);
export const longArrays = (arrays: readonly KeptVolumes[]): readonly KeptVolumes[] =>
  arrays.filter(({ trouble, isWhole }) => trouble === null && !isWhole);

/** Key of the text for an empty list: where an array did not answer, nobody knows that there is none. */
export const noneKey = (arrays: readonly KeptVolumes[]): string =>
  unknownArrays(arrays).length > 0 ? 'pso.recover.noneKnown' : 'pso.recover.none';

/** What is left as `23 h 59 min`; minutes are enough, and days are hours that nobody can count. */
export function readableLeft(leftMs: number): string {
  const minutes = Math.floor(leftMs / 60_000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}
