import { formatHandle, parseHandle, volumeOfSnapshot } from '../domain/volume.ts';
import type { VolumeHandle } from '../domain/volume.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Json } from './json.ts';
import { asObject, asText, nameOf } from './json.ts';
import type { KubeClient } from './kube-client.ts';
import { ObjectWatch } from './object-watch.ts';

const PATH = '/apis/snapshot.storage.k8s.io/v1/volumesnapshotcontents';
const DRIVER = 'pure-csi';

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
  readonly #watch: ObjectWatch;
  /** Volume by name of the content object. */
  #volumes = new Map<string, string>();
  #counts = new Map<string, number>();

  constructor(parts: { readonly client: KubeClient; readonly clock: Clock; readonly logger: Logger }) {
    const sink = {
      clear: () => {
        this.#volumes = new Map();
        this.#counts = new Map();
      },
      put: (content: Json) => this.#put(content),
      drop: (name: string) => this.#drop(name),
    };
    this.#watch = new ObjectWatch({ ...parts, path: PATH, sink });
  }

  hasSnapshots(volume: VolumeHandle): boolean | undefined {
    const { isKnown } = this.#watch;
    if (isKnown && this.#counts.has(formatHandle(volume))) return true;
    return isKnown && !this.#counts.has(ANY_VOLUME) ? false : undefined;
  }

  /** Lists and watches until the signal is aborted. */
  run(signal: AbortSignal): Promise<void> {
    return this.#watch.run(signal);
  }

  #put(content: Json): void {
    const name = nameOf(content);
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
