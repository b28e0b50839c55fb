import type { Clock } from '../lib/clock.ts';

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly everyMs: number;
}

/** Asks `look` again and again until it answers something; null when the time is over. */
export async function waitUntil<Found>(
  clock: Clock,
  options: WaitOptions,
  look: () => Promise<Found | null>,
): Promise<Found | null> {
  const deadline = clock.nowMs() + options.timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (clock.nowMs() >= deadline) return null;
    await clock.sleep(options.everyMs);
  }
}
