import { promql } from './expressions.ts';
import type { Panel } from './panel.ts';

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
  const isNow = panel.type !== 'timeseries';
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

const columnsOf = ({ valueColumn }: Panel) => ({
  id: 'organize',
  options: {
    excludeByName: { Time: true, Value: valueColumn === null },
    renameByName: valueColumn === null ? {} : { Value: valueColumn },
  },
});
const LAST_VALUE = { calcs: ['lastNotNull'], fields: '', values: false };

function optionsOf({ type, thresholds }: Panel): Readonly<Record<string, unknown>> {
  switch (type) {
    case 'timeseries':
      return {
        legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
        tooltip: { mode: 'multi', sort: 'desc' },
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
      return { showHeader: true, frameIndex: 0, cellHeight: 'sm' };
  }
}

function fieldDefaults({ type, unit, thresholds, max }: Panel): Readonly<Record<string, unknown>> {
  const steps = [
    { value: null, color: 'green' },
    ...(thresholds ? [{ value: thresholds[0], color: 'yellow' }] : []),
    ...(thresholds ? [{ value: thresholds[1], color: 'red' }] : []),
  ];
  return {
    unit,
    min: 0,
    ...(max === null ? {} : { max }),
    thresholds: { mode: 'absolute', steps },
    ...(type === 'timeseries'
      ? {
          color: { mode: 'palette-classic' },
          custom: { drawStyle: 'line', lineWidth: 1, fillOpacity: 10, showPoints: 'never' },
        }
      : { color: { mode: 'thresholds' } }),
  };
}
