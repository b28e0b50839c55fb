import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Json } from './json.ts';
import { asList, asObject, asText, nameOf } from './json.ts';
import type { KubeClient } from './kube-client.ts';

const RETRY_MS = 10_000;
const WATCH_SECONDS = 300;
const PAGE = 500;

/** What keeps the objects, or the little of them that it needs. */
export interface ObjectSink {
  /** A list begins: what was known no longer counts. */
  clear(): void;
  put(object: Json): void;
  drop(name: string): void;
}

export interface ObjectWatchParts {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** E.g. `/api/v1/persistentvolumes`. */
  readonly path: string;
  readonly sink: ObjectSink;
}

/** Lists and then watches one kind of cluster-wide objects, for ever. */
export class ObjectWatch {
  readonly #parts: ObjectWatchParts;
  #isKnown = false;

  constructor(parts: ObjectWatchParts) {
    this.#parts = parts;
  }

  /** Whether the sink holds all of them. A cluster that does not know the kind has none. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Until the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger, path } = this.#parts;
    const isStopped = () => signal.aborted;
    while (!isStopped()) {
      try {
        const version = await this.#list();
        if (version !== null) await this.#watch(version, signal);
        else await clock.sleep(RETRY_MS, signal);
      } catch (error) {
        this.#isKnown = false;
        if (isStopped()) return;
        logger.debug({}, `${path} is not watched: ${String(error)}`);
        await clock.sleep(RETRY_MS, signal).catch(() => undefined);
      }
    }
  }

  /** Page by page, so that ten thousand objects are never in memory together. The version to watch from; null where there is no such kind. */
  async #list(): Promise<string | null> {
    const { client, path, sink } = this.#parts;
    let token = '';
    let version: string | null = null;
    this.#isKnown = false;
    sink.clear();
    do {
      const query = `limit=${PAGE}${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`;
      const { status, body } = await client.request('GET', `${path}?${query}`);
      if (status !== 200 && status !== 404) throw new Error(`status ${status}`);
      const list = asObject(body);
      for (const item of asList(list.items)) sink.put(asObject(item));
      const { resourceVersion, continue: next } = asObject(list.metadata);
      version = status === 404 ? null : asText(resourceVersion);
      token = asText(next);
    } while (token !== '');
    this.#isKnown = true;
    return version;
  }

  /** Resumes from the last version that was seen; a version that is too old makes it list again. */
  async #watch(from: string, signal: AbortSignal): Promise<void> {
    const { client, path } = this.#parts;
    let version = from;
    while (!signal.aborted) {
      const seen = { isExpired: false };
      await client.stream(
        `${path}?watch=1&allowWatchBookmarks=true&timeoutSeconds=${WATCH_SECONDS}&resourceVersion=${version}`,
        line => {
          const { type, object } = asObject(JSON.parse(line) as unknown);
          if (type === 'ERROR') seen.isExpired = true;
          else version = this.#apply(asText(type), asObject(object)) || version;
        },
        signal,
      );
      if (seen.isExpired) return;
    }
  }

  #apply(type: string, object: Json): string {
    if (type === 'DELETED') this.#parts.sink.drop(nameOf(object));
    else if (type !== 'BOOKMARK') this.#parts.sink.put(object);
    return asText(asObject(object.metadata).resourceVersion);
  }
}
