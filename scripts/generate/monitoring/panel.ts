/** Grafana's names of units, and `count` for whole numbers. */
export type PanelUnit = 'count' | 's' | 'bytes' | 'percentunit' | 'iops' | 'Bps' | 'ops' | 'reqps';

export interface Query {
  /** Template of ./expressions.ts; may use `$__rate_interval` and the dashboard's variables. */
  readonly expression: string;
  readonly legend: string;
}

/** What a value means, in words and colour. */
export interface State {
  readonly words: string;
  readonly color: 'green' | 'yellow' | 'red' | 'blue';
}

export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly type: 'timeseries' | 'state-timeline' | 'stat' | 'table' | 'bargauge';
  readonly unit: PanelUnit;
  /** Of 24 columns. */
  readonly width: number;
  readonly height: number;
  readonly queries: readonly Query[];
  /** Below the first: green; then yellow; from the second on red. */
  readonly thresholds: readonly [number, number] | null;
  readonly max: number | null;
  /** Of a state timeline: what 0 and 1 mean. */
  readonly states: readonly [State, State] | null;
  /** Of a table: label (`Value` is the value) -> head of its column, from left to right; other labels are hidden. */
  readonly columns: Readonly<Record<string, string>>;
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

type Options = Partial<Pick<Panel, 'width' | 'height' | 'thresholds' | 'max' | 'states' | 'columns'>>;
const DEFAULTS = { thresholds: null, max: null, states: null, columns: {} } as const;

/** A line for each series; `queries`: legend -> expression. */
export const graph = (
  title: string,
  unit: PanelUnit,
  queries: Readonly<Record<string, string>>,
  description: string,
  options: Options = {},
): Panel => panel('timeseries', title, unit, queries, description, { width: 12, height: 8, ...options });

/** A band for each series, in the colour of its state; the queries answer 0 or 1. */
export const timeline = (
  title: string,
  states: readonly [State, State],
  queries: Readonly<Record<string, string>>,
  description: string,
): Panel => panel('state-timeline', title, 'count', queries, description, { width: 12, height: 8, states });

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
export const table = (
  title: string,
  columns: Readonly<Record<string, string>>,
  expression: string,
  description: string,
  options: Options = {},
): Panel =>
  panel('table', title, 'count', { '': expression }, description, { width: 24, height: 8, columns, ...options });

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
