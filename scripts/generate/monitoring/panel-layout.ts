import { promql } from './expressions.ts';
import type { Panel, State } from './panel.ts';

const COLUMNS = 24;

/** From left to right, and on a new row where the next one does not fit. */
export function placed(panels: readonly Panel[]): readonly Readonly<Record<string, unknown>>[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return panels.map((panel, index) => {
    if (x + panel.width > COLUMNS) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const place = { x, y };
    x += panel.width;
    rowHeight = Math.max(rowHeight, panel.height);
    return { ...panel, ...place, id: index + 1, ...grafanaParts(panel) };
  });
}

function grafanaParts(panel: Panel) {
  const isNow = panel.type !== 'timeseries' && panel.type !== 'state-timeline';
  return {
    options: optionsOf(panel),
    fieldDefaults: fieldDefaults(panel),
    transformations: panel.type === 'table' ? [columnsOf(panel)] : [],
    queries: panel.queries.map(({ expression, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      expression: promql(expression),
      legend,
      instant: isNow,
      range: !isNow,
      format: panel.type === 'table' ? 'table' : 'time_series',
    })),
  };
}

/** Hidden are the time, the value, and what Prometheus adds to a series that no query aggregates. */
const columnsOf = ({ columns }: Panel) => ({
  id: 'organize',
  options: {
    excludeByName: Object.fromEntries(
      ['Time', 'Value', '__name__', 'job'].filter(name => !(name in columns)).map(name => [name, true]),
    ),
    indexByName: Object.fromEntries(Object.keys(columns).map((name, index) => [name, index])),
    renameByName: columns,
  },
});
const LAST_VALUE = { calcs: ['lastNotNull'], fields: '', values: false };

function optionsOf({ type, thresholds, columns }: Panel): Readonly<Record<string, unknown>> {
  switch (type) {
    case 'timeseries':
      return {
        legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
        tooltip: { mode: 'multi', sort: 'desc' },
      };
    case 'state-timeline':
      return {
        mergeValues: true,
        showValue: 'never',
        alignValue: 'left',
        rowHeight: 0.8,
        legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
        tooltip: { mode: 'single', sort: 'none' },
      };
    case 'stat':
      return {
        reduceOptions: LAST_VALUE,
        colorMode: thresholds ? 'background' : 'value',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'auto',
        textMode: 'value',
        wideLayout: true,
        showPercentChange: false,
        percentChangeColorMode: 'standard',
      };
    case 'bargauge':
      return {
        reduceOptions: LAST_VALUE,
        displayMode: 'basic',
        orientation: 'horizontal',
        valueMode: 'color',
        namePlacement: 'auto',
        showUnfilled: true,
        sizing: 'auto',
        minVizWidth: 8,
        minVizHeight: 16,
        maxVizHeight: 32,
        legend: { displayMode: 'list', placement: 'bottom', showLegend: false, calcs: [] },
      };
    case 'table':
      return { showHeader: true, frameIndex: 0, cellHeight: 'sm', sortBy: firstColumn(columns) };
  }
}

const firstColumn = (columns: Panel['columns']) =>
  Object.values(columns)
    .slice(0, 1)
    .map(displayName => ({ displayName, desc: false }));

function fieldDefaults(panel: Panel): Readonly<Record<string, unknown>> {
  const { type, unit, thresholds, max, states } = panel;
  const steps = [
    { value: null, color: 'green' },
    ...(thresholds ? [{ value: thresholds[0], color: 'yellow' }] : []),
    ...(thresholds ? [{ value: thresholds[1], color: 'red' }] : []),
  ];
  return {
    ...(unit === 'count' ? { unit: 'none', decimals: 0 } : { unit }),
    min: 0,
    ...(max === null ? {} : { max }),
    ...(states ? { mappings: [mappingOf(states)] } : {}),
    thresholds: { mode: 'absolute', steps },
    color: { mode: type === 'timeseries' ? 'palette-classic' : 'thresholds' },
    ...(type in FIELDS ? { custom: FIELDS[type] } : {}),
  };
}

const FIELDS: Readonly<Partial<Record<Panel['type'], object>>> = {
  timeseries: { drawStyle: 'line', lineWidth: 1, fillOpacity: 10, showPoints: 'never' },
  'state-timeline': { lineWidth: 0, fillOpacity: 90 },
};

const mappingOf = (states: readonly [State, State]) => ({
  type: 'value',
  options: Object.fromEntries(states.map(({ words, color }, value) => [value, { text: words, color, index: value }])),
});
