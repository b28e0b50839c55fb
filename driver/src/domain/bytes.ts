/** Sizes are plain numbers of bytes: 4 PiB, the largest volume, is below 2^53. */
export const KiB = 1024;
export const MiB = 1024 * KiB;
export const GiB = 1024 * MiB;
export const TiB = 1024 * GiB;
export const PiB = 1024 * TiB;

/** FlashArray volumes: 1 MiB … 4 PiB in steps of 512 bytes (Purity REST 2.x, `POST /volumes`). */
export const MIN_VOLUME_BYTES = 1024 * KiB;
export const MAX_VOLUME_BYTES = 4 * PiB;
export const SECTOR_BYTES = 512;

export const roundUp = (bytes: number, step: number): number => Math.ceil(bytes / step) * step;

/** `16106127360` → `15 GiB`; at most two decimals, binary units, as Kubernetes counts them. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(2))} ${units[unit] ?? 'B'}`;
}
