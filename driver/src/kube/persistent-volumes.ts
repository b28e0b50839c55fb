import { parseHandle } from '../domain/volume.ts';
import type { VolumeHandle } from '../domain/volume.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Json } from './json.ts';
import { asObject, asText, nameOf } from './json.ts';
import type { KubeClient } from './kube-client.ts';
import { ObjectWatch } from './object-watch.ts';
import { parseQuantity } from './quantity.ts';

const DRIVER = 'pure-csi';
/** Rancher labels each namespace with its project. */
const PROJECT = 'field.cattle.io/projectId';

/** A PersistentVolume of this driver. */
export interface ClusterVolume {
  readonly persistentVolume: string;
  readonly phase: string;
  /** Empty while unbound. */
  readonly namespace: string;
  readonly claim: string;
  readonly claimUid: string;
  readonly storageClass: string;
  readonly sizeBytes: number;
  /** Null for an id that another driver gave; `id` tells it. */
  readonly handle: VolumeHandle | null;
  readonly id: string;
  /** Of the namespace; empty where there is none. */
  readonly project: string;
}

type Kept = Omit<ClusterVolume, 'project'>;

function keptOf(object: Json): Kept | null {
  const spec = asObject(object.spec);
  const csi = asObject(spec.csi);
  if (csi.driver !== DRIVER) return null;
  const claim = asObject(spec.claimRef);
  const id = asText(csi.volumeHandle);
  return {
    persistentVolume: nameOf(object),
    phase: asText(asObject(object.status).phase),
    namespace: asText(claim.namespace),
    claim: asText(claim.name),
    claimUid: asText(claim.uid),
    storageClass: asText(spec.storageClassName),
    sizeBytes: parseQuantity(asText(asObject(spec.capacity).storage)),
    handle: parseHandle(id),
    id,
  };
}

/** Which claims, classes and projects the driver's volumes belong to, from watches of the API server: no array is asked. */
export class PersistentVolumes {
  readonly #volumes = new Map<string, Kept>();
  readonly #projects = new Map<string, string>();
  readonly #watches: readonly ObjectWatch[];

  constructor(parts: { readonly client: KubeClient; readonly clock: Clock; readonly logger: Logger }) {
    const volumes = {
      clear: () => this.#volumes.clear(),
      put: (object: Json) => {
        const kept = keptOf(object);
        if (kept) this.#volumes.set(kept.persistentVolume, kept);
      },
      drop: (name: string) => void this.#volumes.delete(name),
    };
    const namespaces = {
      clear: () => this.#projects.clear(),
      put: (object: Json) => {
        const project = asText(asObject(asObject(object.metadata).labels)[PROJECT]);
        if (project === '') this.#projects.delete(nameOf(object));
        else this.#projects.set(nameOf(object), project);
      },
      drop: (name: string) => void this.#projects.delete(name),
    };
    this.#watches = [
      new ObjectWatch({ ...parts, path: '/api/v1/persistentvolumes', sink: volumes }),
      new ObjectWatch({ ...parts, path: '/api/v1/namespaces', sink: namespaces }),
    ];
  }

  /** Null while the watches are not up. */
  list(): readonly ClusterVolume[] | null {
    if (!this.#watches.every(({ isKnown }) => isKnown)) return null;
    return [...this.#volumes.values()].map(volume => ({
      ...volume,
      project: this.#projects.get(volume.namespace) ?? '',
    }));
  }

  /** Until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#watches.map(watch => watch.run(signal)));
  }
}
