import type { DrawPanel } from './draw-panel.ts';
import { lastValue, thresholdColor } from './draw-panel.ts';
import { element, fitted, round, text, textWidth } from './svg.ts';
import { unitText } from './unit-text.ts';

const SIZE = 12;
const TALLEST = 32;
const LOWEST = 16;
const VALUE_WIDTH = 80;

/** A row for each series: name, bar, value. Rows that find no room are counted, as Grafana would scroll. */
export const drawBars: DrawPanel = drawing => {
  const { panel, series, theme, box } = drawing;
  const { unit, decimals, max } = panel.fieldConfig.defaults;
  const values = series.map(each => ({ name: each.name, value: lastValue(each) ?? 0 }));
  const most = max ?? Math.max(...values.map(({ value }) => value), Number.MIN_VALUE);
  const room = Math.max(1, Math.floor(box.height / (LOWEST + 4)));
  const shown = values.length > room ? values.slice(0, room - 1) : values;
  const rowHeight = Math.min(TALLEST + 4, box.height / Math.min(room, values.length));
  const longest = Math.max(0, ...values.map(({ name }) => textWidth(name, SIZE)));
  const nameWidth = Math.min(box.width / 2, longest + 8);
  const track = box.width - nameWidth - VALUE_WIDTH - 16;
  const rows = shown.map(({ name, value }, index) => {
    const y = box.y + index * rowHeight;
    const middle = y + rowHeight / 2 + SIZE * 0.35;
    const bar = { x: round(box.x + nameWidth + 8), y: round(y + 2), height: round(rowHeight - 4), rx: 2 };
    const color = thresholdColor(drawing, value);
    return [
      text(fitted(name, nameWidth, SIZE), {
        x: box.x + nameWidth,
        y: middle,
        size: SIZE,
        fill: theme.text,
        anchor: 'end',
      }),
      element('rect', { ...bar, width: round(track), fill: theme.grid }),
      element('rect', { ...bar, width: round(Math.min(1, Math.max(0, value / most)) * track), fill: color }),
      text(unitText(value, unit, decimals), {
        x: box.x + box.width,
        y: middle,
        size: SIZE,
        fill: color,
        anchor: 'end',
        weight: 600,
      }),
    ].join('');
  });
  const more = values.length - shown.length;
  const rest = {
    x: box.x + nameWidth,
    y: box.y + box.height - 4,
    size: SIZE,
    fill: theme.faint,
    anchor: 'end',
  } as const;
  return [...rows, ...(more > 0 ? [text(`${more} more`, rest)] : [])].join('');
};
