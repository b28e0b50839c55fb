/** Values with a line, from the lowest to the highest. */
export interface ValueAxis {
  readonly ticks: readonly number[];
  readonly top: number;
}

const WANTED_TICKS = 5;

/** A round step of at least that size: 1, 2, 2.5 or 5 times a power of ten; of two below a KiB for bytes. */
function roundStep(least: number, unit: string): number {
  if (unit === 'bytes') {
    const power = 1024 ** Math.floor(Math.log(least) / Math.log(1024));
    return (
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].map(factor => factor * power).find(step => step >= least) ?? least
    );
  }
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 2.5, 5, 10].map(factor => factor * power).find(step => step >= least * 0.999) ?? least;
}

/** From 0 to above the highest value, or to `max`; whole numbers only when `decimals` is 0. */
export function valueAxis(highest: number, unit: string, options: { max?: number; decimals?: number }): ValueAxis {
  const span = options.max ?? (highest > 0 ? highest : 1);
  const step = Math.max(roundStep(span / WANTED_TICKS, unit), options.decimals === 0 ? 1 : 0);
  const count = Math.ceil(span / step - 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_, index) => index * step);
  return { ticks, top: options.max ?? count * step };
}
