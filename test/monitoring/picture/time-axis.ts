import type { TimeRange } from './panel-data.ts';
import type { Box } from './svg.ts';
import { round, text } from './svg.ts';
import type { Theme } from './theme.ts';

const SIZE = 11;
const STEPS_S = [5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600];
const WIDTH = 90;

export const AXIS_HEIGHT = 20;

const label = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

export const xAt = ({ fromMs, toMs }: TimeRange, { x, width }: Box, ms: number): number =>
  round(x + ((ms - fromMs) / (toMs - fromMs)) * width);

/** Round times below a plot, in UTC. */
export function timeAxis(range: TimeRange, plot: Box, theme: Theme): string {
  const seconds = (range.toMs - range.fromMs) / 1000;
  const step = 1000 * (STEPS_S.find(each => (seconds / each) * WIDTH <= plot.width) ?? 86_400);
  const labels: string[] = [];
  for (let ms = Math.ceil(range.fromMs / step) * step; ms <= range.toMs; ms += step) {
    const x = xAt(range, plot, ms);
    if (x < plot.x + 24 || x > plot.x + plot.width - 24) continue;
    labels.push(text(label(ms), { x, y: plot.y + plot.height + 15, size: SIZE, fill: theme.faint, anchor: 'middle' }));
  }
  return labels.join('');
}
