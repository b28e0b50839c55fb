import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is true; after the limit an error names what did not come, with the last failure. Returns milliseconds. */
export async function eventually(
  what: string,
  limitMs: number,
  ask: () => Promise<boolean>,
  everyMs = 200,
): Promise<number> {
  const started = performance.now();
  let last: unknown;
  for (;;) {
    try {
      if (await ask()) return performance.now() - started;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() - started > limitMs) {
      throw new Error(
        `Not within ${limitMs / 1000} s: ${what}.${last instanceof Error ? ` Last: ${last.message}` : ''}`,
        { cause: last },
      );
    }
    await sleep(everyMs);
  }
}
