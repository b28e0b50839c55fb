import type { ArrayUsage, UsagePoint } from '../../../driver/src/domain/volume-report.ts';

const DAY_MS = 24 * 3600_000;
/** From less nothing is foretold. */
const MIN_SPAN_MS = 7 * DAY_MS;
/** Nobody plans further, and a slope of a few days says nothing about then. */
const MAX_DAYS = 3650;

/** How the arrays fill together. */
export interface Growth {
  /** One a day, oldest first; only days of which every counted array tells. */
  readonly points: readonly UsagePoint[];
  /** How many arrays are in the sums. */
  readonly counted: number;
  readonly all: number;
  /** Of the straight line of least squares through the points; negative when it shrinks. Null: less than a week is known. */
  readonly bytesPerDay: number | null;
  /** Until everything is in use at that pace. Null: it does not grow, less than a week is known, or it is more than ten years. */
  readonly daysUntilFull: number | null;
}

const spanOf = (points: readonly UsagePoint[]): number =>
  points.length < 2 ? 0 : (points.at(-1)?.atMs ?? 0) - (points[0]?.atMs ?? 0);

/** Arrays that are known for a week count where there are any: a young one would look as if the fleet had just grown. */
function counted(arrays: readonly ArrayUsage[]): readonly ArrayUsage[] {
  const known = arrays.filter(({ history }) => history.length >= 2);
  const old = known.filter(({ history }) => spanOf(history) >= MIN_SPAN_MS);
  return old.length > 0 ? old : known;
}

/** Null: no array tells of more than one moment. */
export function fleetGrowth(arrays: readonly ArrayUsage[]): Growth | null {
  const sources = counted(arrays);
  const points = sumByDay(sources.map(({ history }) => history));
  if (points.length < 2) return null;
  const bytesPerDay = spanOf(points) < MIN_SPAN_MS ? null : slopeOf(points);
  return {
    points,
    counted: sources.length,
    all: arrays.length,
    bytesPerDay,
    daysUntilFull: bytesPerDay === null ? null : daysLeft(points.at(-1), bytesPerDay),
  };
}

/** On each day an array counts with the last it told until then; the first day is one on which all had told something. */
function sumByDay(histories: readonly (readonly UsagePoint[])[]): readonly UsagePoint[] {
  if (histories.length === 0) return [];
  const dayOf = (point: UsagePoint | undefined): number => Math.floor((point?.atMs ?? 0) / DAY_MS);
  const first = Math.max(...histories.map(([point]) => dayOf(point)));
  const last = Math.max(...histories.map(history => dayOf(history.at(-1))));
  const days = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return days.map(day => {
    const told = histories.map(history => history.findLast(point => dayOf(point) <= day));
    const sum = (key: 'usedBytes' | 'totalBytes'): number =>
      told.reduce((total, point) => total + (point?.[key] ?? 0), 0);
    return { atMs: day * DAY_MS, usedBytes: sum('usedBytes'), totalBytes: sum('totalBytes') };
  });
}

function slopeOf(points: readonly UsagePoint[]): number {
  const start = points[0]?.atMs ?? 0;
  const days = points.map(({ atMs }) => (atMs - start) / DAY_MS);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanDay, meanUsed] = [mean(days), mean(points.map(({ usedBytes }) => usedBytes))];
  let [above, below] = [0, 0];
  for (const [index, day] of days.entries()) {
    above += (day - meanDay) * ((points[index]?.usedBytes ?? 0) - meanUsed);
    below += (day - meanDay) ** 2;
  }
  return below === 0 ? 0 : above / below;
}

function daysLeft(now: UsagePoint | undefined, bytesPerDay: number): number | null {
  if (now === undefined || bytesPerDay <= 0) return null;
  const days = Math.max(0, Math.ceil((now.totalBytes - now.usedBytes) / bytesPerDay));
  return days > MAX_DAYS ? null : days;
}

/** A line in a picture of that size: coordinates grow to the right and downwards. */
export function linePath(values: readonly number[], top: number, width: number, height: number): string {
  const step = values.length < 2 ? 0 : width / (values.length - 1);
  const y = (value: number): number => (top <= 0 ? height : height - (Math.min(value, top) / top) * height);
  return values
    .map((value, index) => `${index === 0 ? 'M' : 'L'}${(index * step).toFixed(1)} ${y(value).toFixed(1)}`)
    .join(' ');
}
