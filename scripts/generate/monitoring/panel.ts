/** Grafana's names of units. */
export type PanelUnit =
  'short' | 's' | 'bytes' | 'percentunit' | 'iops' | 'Bps' | 'ops' | 'reqps' | 'bool' | 'bool_yes_no';

export interface Query {
  /** Template of ./expressions.ts; may use `$__rate_interval` and the dashboard's variables. */
  readonly expression: string;
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly type: 'timeseries' | 'stat' | 'table' | 'bargauge';
  readonly unit: PanelUnit;
  /** Of 24 columns. */
  readonly width: number;
  readonly height: number;
  readonly queries: readonly Query[];
  /** Below the first: green; then yellow; from the second on red. */
  readonly thresholds: readonly [number, number] | null;
  readonly max: number | null;
  /** Of a table: head of the column with the value; null hides it. */
  readonly valueColumn: string | null;
}

export interface Variable {
  readonly name: string;
  readonly label: string;
  /** Template of ./expressions.ts inside `label_values(…)`. */
  readonly query: string;
}

export interface Dashboard {
  /** Fixed, as others link to it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly panels: readonly Panel[];
}

type Options = Partial<Pick<Panel, 'width' | 'height' | 'thresholds' | 'max' | 'valueColumn'>>;
const DEFAULTS = { thresholds: null, max: null, valueColumn: null } as const;

/** A line for each series; `queries`: legend -> expression. */
export const graph = (
  title: string,
  unit: PanelUnit,
  queries: Readonly<Record<string, string>>,
  description: string,
  options: Options = {},
): Panel => panel('timeseries', title, unit, queries, description, { width: 12, height: 8, ...options });

/** One number. */
export const stat = (
  title: string,
  unit: PanelUnit,
  expression: string,
  description: string,
  options: Options = {},
): Panel => panel('stat', title, unit, { '': expression }, description, { width: 4, height: 4, ...options });

/** A bar for each series, now. */
export const bars = (
  title: string,
  unit: PanelUnit,
  queries: Readonly<Record<string, string>>,
  description: string,
  options: Options = {},
): Panel => panel('bargauge', title, unit, queries, description, { width: 12, height: 8, ...options });

/** A row for each series, now. */
export const table = (title: string, expression: string, description: string, options: Options = {}): Panel =>
  panel('table', title, 'short', { '': expression }, description, { width: 24, height: 8, ...options });

function panel(
  type: Panel['type'],
  title: string,
  unit: PanelUnit,
  queries: Readonly<Record<string, string>>,
  description: string,
  options: Options & Pick<Panel, 'width' | 'height'>,
): Panel {
  const listed = Object.entries(queries).map(([legend, expression]) => ({ legend, expression }));
  return { ...DEFAULTS, type, title, unit, description, queries: listed, ...options };
}
