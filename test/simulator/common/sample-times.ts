import { refuse } from './api-error.ts';
import type { Query } from './query.ts';

const DEFAULT_RESOLUTION_MS = 30_000;
const MAX_SAMPLES = 1000;

/** Times that a history asks for: `start_time`, `end_time`, `resolution`; now, when it asks for none. */
export function sampleTimes({ query, nowMs }: { readonly query: Query; readonly nowMs: number }): number[] {
  const end = query.integer('end_time') ?? nowMs;
  const resolution = query.integer('resolution') ?? DEFAULT_RESOLUTION_MS;
  const start = query.integer('start_time');
  if (start === undefined) return [nowMs];
  if (resolution < 1000) throw refuse('Invalid value for parameter: resolution.', String(resolution));
  const times: number[] = [];
  let time = Math.ceil(start / resolution) * resolution;
  for (; time <= end && times.length < MAX_SAMPLES; time += resolution) times.push(time);
  return times;
}
