/** A limit that a figure must keep. */
export interface Bar {
  readonly max?: number;
  readonly min?: number;
  /** Where we want to get; missing it is no failure. */
  readonly moonshot?: number;
}

export interface BenchFigures {
  readonly figures: Readonly<Record<string, number>>;
  readonly bars: Readonly<Record<string, Bar>>;
}

/** One bench: `npm run bench -- NAME [--option value]`. */
export interface Bench {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Numbers that the command line may change, with what they mean. */
  readonly options: Readonly<Record<string, { readonly value: number; readonly meaning: string }>>;
  /** `say` shows progress to people. */
  run(options: Readonly<Record<string, number>>, say: (line: string) => void): Promise<BenchFigures>;
}

/** Names of figures that miss their bar, or were not measured. */
export function shortOf({ figures, bars }: BenchFigures): readonly string[] {
  return Object.entries(bars).flatMap(([name, { max, min }]) => {
    const figure = figures[name];
    const isKept = figure !== undefined && figure <= (max ?? Infinity) && figure >= (min ?? -Infinity);
    return isKept ? [] : [name];
  });
}

/** The value below which `share` of the samples lie. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
