import type { Clock } from '../lib/clock.ts';

/** Null when the file does not exist. */
export type ReadText = (path: string) => Promise<string | null>;

/**
 * Calls `changed` with the file's text whenever it differs from `current`; Kubernetes swaps a mounted Secret by a
 * symbolic link, which no file watcher sees reliably, so the text is compared. Ends when the signal is aborted.
 */
export async function watchText(
  parts: { readonly clock: Clock; readonly read: ReadText; readonly signal: AbortSignal; readonly everyMs: number },
  path: string,
  current: string | null,
  changed: (text: string | null) => void,
): Promise<void> {
  let last = current;
  for (;;) {
    try {
      await parts.clock.sleep(parts.everyMs, parts.signal);
    } catch {
      return;
    }
    const text = await parts.read(path).catch(() => last);
    if (text === last) continue;
    last = text;
    changed(text);
  }
}
