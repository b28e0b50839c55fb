import type { Drawing, DrawPanel } from './draw-panel.ts';
import type { Series } from './panel-data.ts';
import { element, fitted, round, text, textWidth } from './svg.ts';
import { namedColor } from './theme.ts';
import { AXIS_HEIGHT, timeAxis, xAt } from './time-axis.ts';

const SIZE = 12;
const TALLEST = 26;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly value: number;
}

/** Stretches of one value; a series that falls silent leaves a hole. */
function spans({ points }: Series): readonly Span[] {
  const stepMs = Math.min(...points.slice(1).map(([ms], index) => ms - (points[index]?.[0] ?? ms)), 60_000);
  const found: Span[] = [];
  for (const [ms, value] of points) {
    const last = found.at(-1);
    if (last && last.value === value && ms - last.toMs <= stepMs)
      found[found.length - 1] = { ...last, toMs: ms + stepMs };
    else found.push({ fromMs: ms, toMs: ms + stepMs, value });
  }
  return found;
}

function stateOf({ panel, theme }: Drawing, value: number): { readonly words: string; readonly color: string } {
  const mapped = panel.fieldConfig.defaults.mappings?.[0]?.options[String(value)];
  return { words: mapped?.text ?? String(value), color: namedColor(theme, mapped?.color ?? 'blue') };
}

/** A band for each series, coloured and named by its state; a legend of the states that occur. */
export const drawTimeline: DrawPanel = drawing => {
  const { series, range, theme, box } = drawing;
  const longest = Math.max(0, ...series.map(({ name }) => textWidth(name, SIZE)));
  const left = Math.min(box.width / 2, longest + 16);
  const plot = { x: box.x + left, y: box.y, width: box.width - left - 4, height: box.height - AXIS_HEIGHT - 22 };
  const row = Math.min(TALLEST, plot.height / Math.max(1, series.length));
  const bands = series.map((each, index) => {
    const y = plot.y + index * row;
    const name = { x: plot.x - 8, y: y + row / 2 + 4, size: SIZE, fill: theme.text, anchor: 'end' as const };
    const drawn = spans(each).map(({ fromMs, toMs, value }) => {
      const x = xAt(range, plot, fromMs);
      const width = round(Math.min(xAt(range, plot, toMs), plot.x + plot.width) - x);
      return element('rect', {
        x,
        y: round(y + 2),
        width,
        height: round(row - 4),
        fill: stateOf(drawing, value).color,
      });
    });
    return [text(fitted(each.name, left - 8, SIZE), name), ...drawn].join('');
  });
  const values = [...new Set(series.flatMap(({ points }) => points.map(([, value]) => value)))].sort((a, b) => b - a);
  const states = values.map((value, index) => {
    const { words, color } = stateOf(drawing, value);
    const [x, y] = [box.x + index * 150, box.y + box.height - 14];
    const mark = element('rect', { x, y, width: 12, height: 8, rx: 1, fill: color });
    return mark + text(words, { x: x + 18, y: y + 9, size: SIZE, fill: theme.text });
  });
  return [...bands, timeAxis(range, plot, theme), ...states].join('');
};
