import type { DrawPanel } from './draw-panel.ts';
import { lastValue } from './draw-panel.ts';
import type { PanelJson } from './dashboard-json.ts';
import type { Series } from './panel-data.ts';
import { element, fitted, text, textWidth } from './svg.ts';

const SIZE = 12;
const ROW = 28;
const WIDEST = 420;

interface Column {
  readonly head: string;
  readonly cells: readonly string[];
}

/** Labels by name and the value behind them, then what `organize` makes of them. */
function columns({ transformations }: PanelJson, series: readonly Series[]): readonly Column[] {
  const labels = [...new Set(series.flatMap(each => Object.keys(each.labels)))].sort();
  const given: readonly Column[] = [
    ...labels.map(head => ({ head, cells: series.map(each => each.labels[head] ?? '') })),
    { head: 'Value', cells: series.map(each => String(lastValue(each) ?? '')) },
  ];
  const [organize] = transformations;
  if (!organize) return given;
  const { excludeByName, indexByName = {}, renameByName } = organize.options;
  const place = (head: string): number => indexByName[head] ?? Number.MAX_SAFE_INTEGER;
  return given
    .filter(({ head }) => excludeByName[head] !== true)
    .sort((a, b) => place(a.head) - place(b.head))
    .map(({ head, cells }) => ({ head: renameByName[head] ?? head, cells }));
}

/** By the column that the panel says, upwards; equal cells stay as they are. */
function sorted({ options }: PanelJson, all: readonly Column[]): readonly Column[] {
  const key = all.find(({ head }) => head === options.sortBy?.[0]?.displayName)?.cells ?? [];
  const order = key.map((_, row) => row).sort((a, b) => (key[a] ?? '').localeCompare(key[b] ?? ''));
  return key.length === 0 ? all : all.map(column => ({ ...column, cells: order.map(row => column.cells[row] ?? '') }));
}

/** Columns as wide as what is in them, stretched to the panel; rows that find no room are counted. */
export const drawTable: DrawPanel = ({ panel, series, theme, box }) => {
  const all = sorted(panel, columns(panel, series));
  const wanted = all.map(({ head, cells }) =>
    Math.min(WIDEST, Math.max(...[head, ...cells].map(cell => textWidth(cell, SIZE))) + 16),
  );
  const stretch = box.width / wanted.reduce((sum, width) => sum + width, 0);
  const room = Math.floor(box.height / ROW) - 1;
  const shown = series.length > room ? room - 1 : series.length;
  const drawn: string[] = [];
  let { x } = box;
  for (const [index, { head, cells }] of all.entries()) {
    const width = (wanted[index] ?? 0) * stretch;
    const cell = (content: string, row: number, fill: string, weight: number) =>
      text(fitted(content, width - 8, SIZE), { x: x + 4, y: box.y + row * ROW + 18, size: SIZE, fill, weight });
    drawn.push(cell(head, 0, theme.named.blue ?? theme.text, 600));
    drawn.push(...cells.slice(0, shown).map((content, row) => cell(content, row + 1, theme.text, 400)));
    x += width;
  }
  for (let row = 1; row <= shown; row += 1) {
    const y = box.y + row * ROW;
    drawn.push(element('line', { x1: box.x, x2: box.x + box.width, y1: y, y2: y, stroke: theme.grid }));
  }
  const more = series.length - shown;
  const rest = { x: box.x + 4, y: box.y + (shown + 1) * ROW + 18, size: SIZE, fill: theme.faint };
  return [...drawn, ...(more > 0 ? [text(`${more} more rows`, rest)] : [])].join('');
};
