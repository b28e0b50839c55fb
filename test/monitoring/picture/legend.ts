import type { Box } from './svg.ts';
import { element, fitted, text, textWidth } from './svg.ts';
import type { Theme } from './theme.ts';

const SIZE = 12;
export const LEGEND_ROW = 18;
const MARK = 16;
const GAP = 14;

export interface LegendEntry {
  readonly name: string;
  readonly color: string;
}

/** Entries in rows; those that find no room in the last one are counted, as Grafana would scroll. */
export function legendRows(entries: readonly LegendEntry[], width: number): readonly (readonly LegendEntry[])[] {
  const rows: LegendEntry[][] = [[]];
  let used = 0;
  for (const entry of entries) {
    const wanted = MARK + textWidth(entry.name, SIZE) + GAP;
    if (used > 0 && used + wanted > width) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(entry);
    used += wanted;
  }
  return rows;
}

export function drawLegend(rows: readonly (readonly LegendEntry[])[], box: Box, theme: Theme): string {
  const room = Math.floor(box.height / LEGEND_ROW);
  const shown = rows.length > room ? rows.slice(0, room - 1) : rows;
  const left = rows.slice(shown.length).flat().length;
  const drawn = shown.flatMap((row, index) => {
    const y = box.y + index * LEGEND_ROW;
    let { x } = box;
    return row.map(({ name, color }) => {
      const kept = fitted(name, box.width - MARK, SIZE);
      const mark = element('rect', { x, y: y + 7, width: 12, height: 4, rx: 1, fill: color });
      const written = text(kept, { x: x + MARK, y: y + 13, size: SIZE, fill: theme.text });
      x += MARK + textWidth(kept, SIZE) + GAP;
      return mark + written;
    });
  });
  const last = { x: box.x, y: box.y + room * LEGEND_ROW - 5, size: SIZE, fill: theme.faint };
  return [...drawn, ...(left > 0 ? [text(`${left} more`, last)] : [])].join('');
}
