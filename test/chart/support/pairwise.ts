/** Name -> the values it can take. */
export type Switches = Readonly<Record<string, readonly unknown[]>>;
export type Combination = Readonly<Record<string, unknown>>;

interface Pair {
  readonly first: readonly [name: string, index: number];
  readonly second: readonly [name: string, index: number];
}

function allPairs(switches: Switches): readonly Pair[] {
  const names = Object.keys(switches);
  const choices = names.flatMap(name => (switches[name] ?? []).map((_, index) => [name, index] as const));
  return choices.flatMap(first =>
    choices.filter(second => names.indexOf(first[0]) < names.indexOf(second[0])).map(second => ({ first, second })),
  );
}

type Row = Map<string, number>;

const holds = (row: Row, { first, second }: Pair): boolean =>
  [first, second].every(([name, index]) => row.get(name) === index);

/** A row around one pair: each further switch takes the value that meets the most values it has not met yet. */
function rowAround(seed: Pair, switches: Switches, open: readonly Pair[]): Row {
  const row: Row = new Map([seed.first, seed.second]);
  for (const [name, values] of Object.entries(switches)) {
    if (row.has(name)) continue;
    const met = values.map((_, index) => {
      const longer = new Map([...row, [name, index] as const]);
      return open.filter(pair => holds(longer, pair)).length;
    });
    row.set(name, met.indexOf(Math.max(...met)));
  }
  return row;
}

/** Few combinations in which every two values of every two switches meet; always the same ones. */
export function pairwise(switches: Switches): readonly Combination[] {
  let open = allPairs(switches);
  const rows: Row[] = [];
  for (let [seed] = open; seed !== undefined; [seed] = open) {
    const row = rowAround(seed, switches, open);
    rows.push(row);
    open = open.filter(pair => !holds(row, pair));
  }
  return rows.map(row =>
    Object.fromEntries(Object.entries(switches).map(([name, values]) => [name, values[row.get(name) ?? 0]])),
  );
}
