const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Bytes as people read them, e.g. `1.5 TiB`; null is a dash. */
export function readableBytes(bytes: number | null): string {
  if (bytes === null) return '–';
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  const digits = amount >= 100 || power === 0 ? 0 : 1;
  return `${amount.toFixed(digits).replace(/\.0$/, '')} ${UNITS[power] ?? ''}`;
}
