import type { DrawPanel } from './draw-panel.ts';
import { lastValue, thresholdColor } from './draw-panel.ts';
import { element, text, textWidth } from './svg.ts';
import { unitText } from './unit-text.ts';

const LARGEST = 44;

/** One value in the middle, as large as fits. */
export const drawStat: DrawPanel = drawing => {
  const { panel, series, theme, box } = drawing;
  const { unit, decimals } = panel.fieldConfig.defaults;
  const [first] = series;
  const value = first ? lastValue(first) : null;
  const shown = value === null ? 'No data' : unitText(value, unit, decimals);
  const isFilled = panel.options.colorMode === 'background';
  const color = value === null ? theme.faint : thresholdColor(drawing, value);
  const size = Math.min(LARGEST, box.height * 0.6, (LARGEST * (box.width - 16)) / textWidth(shown, LARGEST));
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 + size * 0.35, anchor: 'middle' as const };
  const background = { x: box.x, y: box.y, width: box.width, height: box.height, rx: 2, fill: color };
  return [
    ...(isFilled ? [element('rect', background)] : []),
    text(shown, { ...middle, size: Math.round(size), weight: 600, fill: isFilled ? contrast(color) : color }),
  ].join('');
};

/** Black on bright colours, white on others, as Grafana chooses. */
function contrast(color: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => Number.parseInt(color.slice(at, at + 2), 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 > 165 ? '#1f2024' : '#ffffff';
}
