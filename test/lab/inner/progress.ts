import { performance } from 'node:perf_hooks';

export interface ProgressEvent {
  /** Seconds since the namespaces came to life. */
  readonly seconds: number;
  readonly text: string;
  /** `ready` and `failed` end the start-up. */
  readonly state: 'starting' | 'ready' | 'failed';
}

/** What has happened so far, for whoever looks, whenever they look. */
export class Progress {
  readonly #events: ProgressEvent[] = [];
  readonly #listeners = new Set<(event: ProgressEvent) => void>();

  say(text: string, state: ProgressEvent['state'] = 'starting'): void {
    const event = { seconds: Math.round(performance.now() / 10) / 100, text, state };
    this.#events.push(event);
    process.stdout.write(`${event.seconds.toFixed(2).padStart(7)} s  ${text}\n`);
    for (const listener of this.#listeners) listener(event);
  }

  /** Tells all events so far and then each new one, until the returned function is called. */
  watch(listener: (event: ProgressEvent) => void): () => void {
    this.#events.forEach(listener);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
