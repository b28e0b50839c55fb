import type { DrawPanel } from './draw-panel.ts';
import { drawLegend, LEGEND_ROW, legendRows } from './legend.ts';
import type { Series } from './panel-data.ts';
import type { Box } from './svg.ts';
import { element, round, text, textWidth } from './svg.ts';
import { paletteColor } from './theme.ts';
import { AXIS_HEIGHT, timeAxis, xAt } from './time-axis.ts';
import { unitText } from './unit-text.ts';
import { valueAxis } from './value-axis.ts';

const SIZE = 11;
/** Between title and highest tick. */
const TOP = 6;
/** Of the panel, for its legend. */
const LEGEND_SHARE = 0.35;
/** A hole that is longer than so many steps is drawn as one. */
const HOLE_STEPS = 3;

/** Lines over time, an axis of values, a legend below. */
export const drawGraph: DrawPanel = ({ panel, series, range, theme, box }) => {
  const { unit, decimals, max } = panel.fieldConfig.defaults;
  const finite = series.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  const axis = valueAxis(finite.length === 0 ? 0 : Math.max(...finite), unit, { ...(max === undefined ? {} : { max }), ...(decimals === undefined ? {} : { decimals }) }); // prettier-ignore
  const labels = axis.ticks.map(tick => unitText(tick, unit));
  const left = Math.max(...labels.map(label => textWidth(label, SIZE))) + 12;
  const rows = legendRows(
    series.map(({ name }, index) => ({ name, color: paletteColor(index) })),
    box.width,
  );
  const legendHeight = Math.min(
    rows.length * LEGEND_ROW,
    Math.floor((box.height * LEGEND_SHARE) / LEGEND_ROW) * LEGEND_ROW,
  );
  const height = box.height - AXIS_HEIGHT - legendHeight - 4 - TOP;
  const plot: Box = { x: box.x + left, y: box.y + TOP, width: box.width - left - 4, height };
  const yAt = (value: number): number => round(plot.y + plot.height * (1 - Math.min(1, Math.max(0, value / axis.top))));
  const grid = axis.ticks.flatMap((tick, index) => {
    const y = yAt(tick);
    const line = { x1: round(plot.x), x2: round(plot.x + plot.width), y1: y, y2: y, stroke: theme.grid };
    const place = { x: plot.x - 8, y: y + 4, size: SIZE, fill: theme.faint, anchor: 'end' as const };
    return [element('line', line), text(labels[index] ?? '', place)];
  });
  const lines = series.map((each, index) => {
    const d = pathOf(each, ms => xAt(range, plot, ms), yAt);
    return element('path', { d, fill: 'none', stroke: paletteColor(index), 'stroke-width': 1.2 });
  });
  const legend = { x: box.x, y: box.y + box.height - legendHeight, width: box.width, height: legendHeight };
  return [...grid, timeAxis(range, plot, theme), ...lines, drawLegend(rows, legend, theme)].join('');
};

function pathOf({ points }: Series, xOf: (ms: number) => number, yOf: (value: number) => number): string {
  const steps = points.slice(1).map(([ms], index) => ms - (points[index]?.[0] ?? ms));
  const hole = HOLE_STEPS * Math.min(...steps, Number.MAX_SAFE_INTEGER);
  let last: number | null = null;
  return points
    .map(([ms, value]) => {
      if (!Number.isFinite(value)) {
        last = null;
        return '';
      }
      const move = last === null || ms - last > hole ? 'M' : 'L';
      last = ms;
      return `${move}${xOf(ms)} ${yOf(value)}`;
    })
    .join('');
}
