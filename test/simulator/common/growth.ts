const MONTH_MS = 30 * 86_400_000;
const A_MONTH = 0.3;
const LEAST = 0.4;

/** How much of today's data was there at a time: it grows in a straight line, by 30 % of today's in a month. */
export const shareAt = (time: number, nowMs: number): number =>
  Math.max(LEAST, 1 - (A_MONTH * Math.max(0, nowMs - time)) / MONTH_MS);
