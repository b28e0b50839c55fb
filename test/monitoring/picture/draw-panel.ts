import type { PanelJson } from './dashboard-json.ts';
import type { Series, TimeRange } from './panel-data.ts';
import type { Box } from './svg.ts';
import type { Theme } from './theme.ts';
import { namedColor } from './theme.ts';

export interface Drawing {
  readonly panel: PanelJson;
  readonly series: readonly Series[];
  readonly range: TimeRange;
  readonly theme: Theme;
  /** Inside the frame, below the title. */
  readonly box: Box;
}

/** Markup inside the panel's frame. */
export type DrawPanel = (drawing: Drawing) => string;

export const lastValue = ({ points }: Series): number | null =>
  points.findLast(([, value]) => Number.isFinite(value))?.[1] ?? null;

/** Of the highest threshold that the value reaches. */
export function thresholdColor({ panel, theme }: Drawing, value: number): string {
  const { steps } = panel.fieldConfig.defaults.thresholds;
  const reached = steps.filter(step => step.value === null || value >= step.value).at(-1);
  return namedColor(theme, reached?.color ?? 'green');
}
