interface Scale {
  readonly base: number;
  readonly names: readonly string[];
  readonly suffix: string;
}

const SCALES: Readonly<Record<string, Scale>> = {
  none: { base: Infinity, names: [''], suffix: '' },
  bytes: { base: 1024, names: [' B', ' KiB', ' MiB', ' GiB', ' TiB', ' PiB'], suffix: '' },
  Bps: { base: 1000, names: [' B', ' kB', ' MB', ' GB', ' TB'], suffix: '/s' },
  iops: { base: 1000, names: ['', 'K', 'M'], suffix: ' io/s' },
  ops: { base: 1000, names: ['', 'K', 'M'], suffix: ' ops/s' },
  reqps: { base: 1000, names: ['', 'K', 'M'], suffix: ' req/s' },
};
const BELOW_A_SECOND = [' s', ' ms', ' µs', ' ns'];
/** Seconds, and the name from there on. */
const ABOVE_A_SECOND: readonly (readonly [number, string])[] = [
  [86_400 * 7, ' weeks'],
  [86_400, ' days'],
  [3600, ' hours'],
  [60, ' mins'],
  [1, ' s'],
];

/** Three digits, as Grafana shows a value without a wish for decimals; `steps` of an axis need no more than tell them apart. */
function digits(value: number, decimals?: number): string {
  if (decimals !== undefined) return value.toFixed(decimals);
  const size = Math.abs(value);
  const wanted = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : 2;
  return String(Number(value.toFixed(wanted)));
}

function duration(seconds: number, decimals?: number): string {
  const size = Math.abs(seconds);
  if (size > 0 && size < 1) {
    const step = Math.min(3, Math.ceil(-Math.log10(size) / 3 - 1e-9));
    return `${digits(seconds * 1000 ** step, decimals)}${BELOW_A_SECOND[step] ?? ''}`;
  }
  const [unit, name] = ABOVE_A_SECOND.find(([from]) => size >= from) ?? [1, ' s'];
  return `${digits(seconds / unit, decimals)}${name}`;
}

/** A value as Grafana writes it; throws for a unit that no picture knows, so that none is drawn wrongly. */
export function unitText(value: number, unit: string, decimals?: number): string {
  if (unit === 's') return duration(value, decimals);
  if (unit === 'percentunit') return `${digits(value * 100, decimals)}%`;
  const scale = SCALES[unit];
  if (!scale) throw new RangeError(`unit ${unit}: not known to the picture. Add it to unit-text.ts.`);
  let [step, rest] = [0, value];
  while (Math.abs(rest) >= scale.base && step < scale.names.length - 1) {
    rest /= scale.base;
    step += 1;
  }
  return `${digits(rest, decimals)}${scale.names[step] ?? ''}${scale.suffix}`;
}
