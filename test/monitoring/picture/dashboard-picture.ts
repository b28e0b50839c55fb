import type { DashboardJson, PanelJson } from './dashboard-json.ts';
import { drawBars } from './draw-bars.ts';
import { drawGraph } from './draw-graph.ts';
import type { DrawPanel } from './draw-panel.ts';
import { drawStat } from './draw-stat.ts';
import { drawTable } from './draw-table.ts';
import { drawTimeline } from './draw-timeline.ts';
import type { Series, TimeRange } from './panel-data.ts';
import { element, text } from './svg.ts';
import type { Theme } from './theme.ts';

const COLUMN = 50;
/** Grafana's: 30 pixels and a gap of 8. */
const ROW = 38;
const GAP = 8;
const HEADER = 48;
const TITLE = 30;
const PADDING = 10;

const DRAW: Readonly<Record<PanelJson['type'], DrawPanel>> = {
  timeseries: drawGraph,
  'state-timeline': drawTimeline,
  stat: drawStat,
  bargauge: drawBars,
  table: drawTable,
};

export interface Picture {
  readonly dashboard: DashboardJson;
  /** Of each panel, in their order. */
  readonly data: readonly (readonly Series[])[];
  readonly range: TimeRange;
}

/** A dashboard with its data, laid out as Grafana does, as SVG. */
export function dashboardPicture({ dashboard, data, range }: Picture, theme: Theme): string {
  const [width, bottom] = [
    24 * COLUMN + GAP,
    Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h)),
  ];
  const height = HEADER + bottom * ROW + GAP;
  const panels = dashboard.panels.map((panel, index) => drawFrame(panel, data[index] ?? [], range, theme));
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, 'font-family': 'Inter, Liberation Sans, Arial, sans-serif' },
    element('rect', { width, height, fill: theme.page }),
    text(dashboard.title, { x: 16, y: 31, size: 18, weight: 600, fill: theme.text }),
    ...panels,
  );
}

function drawFrame(panel: PanelJson, series: readonly Series[], range: TimeRange, theme: Theme): string {
  const { x, y, w, h } = panel.gridPos;
  const frame = { x: x * COLUMN + GAP, y: HEADER + y * ROW, width: w * COLUMN - GAP, height: h * ROW - GAP };
  const box = {
    x: frame.x + PADDING,
    y: frame.y + TITLE,
    width: frame.width - 2 * PADDING,
    height: frame.height - TITLE - PADDING,
  };
  return [
    element('rect', { ...frame, rx: 3, fill: theme.panel, stroke: theme.border }),
    text(panel.title, { x: box.x, y: frame.y + 20, size: 13, weight: 600, fill: theme.text }),
    DRAW[panel.type]({ panel, series, range, theme, box }),
  ].join('');
}
