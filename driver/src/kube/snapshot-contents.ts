import { formatHandle, parseHandle, volumeOfSnapshot } from '../domain/volume.ts';
import type { VolumeHandle } from '../domain/volume.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { KubeClient } from './kube-client.ts';

const PATH = '/apis/snapshot.storage.k8s.io/v1/volumesnapshotcontents';
const RETRY_MS = 10_000;
const WATCH_SECONDS = 300;
const DRIVER = 'pure-csi';

type Json = Readonly<Record<string, unknown>>;
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What an id without an array's name stands for: a snapshot of any volume. */
const ANY_VOLUME = '*';

/** `<array id>/<volume>` of a content object; empty when it is another driver's. */
function volumeOf(content: Json): string {
  const spec = asObject(content.spec);
  if (spec.driver !== DRIVER) return '';
  const source = asObject(spec.source);
  const volume = parseHandle(asText(source.volumeHandle));
  if (volume) return formatHandle(volume);
  const snapshot = parseHandle(asText(asObject(content.status).snapshotHandle) || asText(source.snapshotHandle));
  return snapshot ? formatHandle({ ...snapshot, name: volumeOfSnapshot(snapshot.name) }) : ANY_VOLUME;
}

/**
 * Which volumes have snapshots that Kubernetes knows, from a watch. `undefined` while the watch is not up: then the array
 * is asked. A cluster without the snapshot CRDs has none.
 */
export class SnapshotContents {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Volume by name of the content object. */
  #volumes = new Map<string, string>();
  #counts = new Map<string, number>();
  #isKnown = false;

  constructor(parts: { readonly client: KubeClient; readonly clock: Clock; readonly logger: Logger }) {
    this.#client = parts.client;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  hasSnapshots(volume: VolumeHandle): boolean | undefined {
    if (this.#isKnown && this.#counts.has(formatHandle(volume))) return true;
    return this.#isKnown && !this.#counts.has(ANY_VOLUME) ? false : undefined;
  }

  /** Lists and watches until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const isStopped = () => signal.aborted;
    while (!isStopped()) {
      try {
        const version = await this.#list();
        if (version !== null) await this.#watch(version, signal);
        else await this.#clock.sleep(RETRY_MS, signal);
      } catch (error) {
        this.#isKnown = false;
        if (isStopped()) return;
        this.#logger.debug({}, `VolumeSnapshotContents are not watched: ${String(error)}`);
        await this.#clock.sleep(RETRY_MS, signal).catch(() => undefined);
      }
    }
  }

  /** The version to watch from; null where the CRD is absent. */
  async #list(): Promise<string | null> {
    const { status, body } = await this.#client.request('GET', PATH);
    if (status !== 200 && status !== 404) throw new Error(`status ${status}`);
    this.#volumes = new Map();
    this.#counts = new Map();
    const list = asObject(body);
    for (const item of Array.isArray(list.items) ? list.items : []) this.#put(asObject(item));
    this.#isKnown = true;
    return status === 404 ? null : asText(asObject(list.metadata).resourceVersion);
  }

  /** Resumes from the last version that was seen; a version that is too old makes it list again. */
  async #watch(from: string, signal: AbortSignal): Promise<void> {
    let version = from;
    while (!signal.aborted) {
      const seen = { isExpired: false };
      await this.#client.stream(
        `${PATH}?watch=1&allowWatchBookmarks=true&timeoutSeconds=${WATCH_SECONDS}&resourceVersion=${version}`,
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

  #apply(type: string, content: Json): string {
    if (type === 'DELETED') this.#drop(asText(asObject(content.metadata).name));
    else if (type !== 'BOOKMARK') this.#put(content);
    return asText(asObject(content.metadata).resourceVersion);
  }

  #put(content: Json): void {
    const name = asText(asObject(content.metadata).name);
    const volume = volumeOf(content);
    this.#drop(name);
    if (volume === '') return;
    this.#volumes.set(name, volume);
    this.#counts.set(volume, (this.#counts.get(volume) ?? 0) + 1);
  }

  #drop(name: string): void {
    const volume = this.#volumes.get(name);
    if (volume === undefined) return;
    this.#volumes.delete(name);
    const left = (this.#counts.get(volume) ?? 1) - 1;
    if (left === 0) this.#counts.delete(volume);
    else this.#counts.set(volume, left);
  }
}
