import path from 'node:path';
import { eventually } from '../support/eventually.ts';
import { getObject } from '../support/product/api.ts';
import { kubectl } from '../support/product/cluster.ts';
import type { Product } from '../support/product/shared-product.ts';
import { leftoversOf } from './leftovers.ts';

/** A pod that is Ready and not being deleted. */
export interface ReadyPod {
  readonly name: string;
  readonly node: string;
  readonly address: string;
}

/** Where a claim's volume or file system lies. */
export interface Placed {
  /** Name of the PersistentVolume, and the end of the name on the array. */
  readonly volume: string;
  readonly array: string;
  readonly kind: 'block' | 'file';
}

interface PodObject {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}
interface ClaimObject {
  readonly spec: { readonly volumeName?: string; readonly storageClassName?: string };
  readonly status: { readonly phase: string };
}
interface VolumeObject {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly claimRef?: { readonly namespace: string } };
}

/** A folder of manifests in a namespace of its own, in which all of it can be looked at and removed. */
export class Story {
  readonly product: Product;
  readonly namespace: string;
  readonly folder: string;

  private constructor(product: Product, folder: string, namespace: string) {
    this.product = product;
    this.folder = path.join(import.meta.dirname, folder);
    this.namespace = namespace;
  }

  /** Makes the namespace; nothing is applied yet. */
  static async begin(product: Product, folder: string, namespace = `story-${folder}`): Promise<Story> {
    await kubectl(product.lab, ['create', 'namespace', namespace]);
    // No pod is admitted before it is there.
    const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
    await eventually('its service account', 60_000, () => getObject(product.lab, account).then(() => true));
    return new Story(product, folder, namespace);
  }

  kubectl(args: readonly string[], stdin?: string): Promise<string> {
    const options = stdin === undefined ? {} : { stdin };
    return kubectl(this.product.lab, ['-n', this.namespace, ...args], { ...options, timeoutMs: 200_000 });
  }

  /** All manifests of the folder, or one text. */
  async apply(manifest?: string): Promise<void> {
    await this.kubectl(['apply', '-f', manifest === undefined ? this.folder : '-'], manifest);
  }

  /** A command line in a pod's container; its output without the last line break. */
  async exec(pod: string, command: string, container?: string): Promise<string> {
    const flags = container === undefined ? [] : ['-c', container];
    return (await this.kubectl(['exec', pod, ...flags, '--', 'bash', '-c', command])).trimEnd();
  }

  async #readyPods(app: string): Promise<readonly ReadyPod[]> {
    return (await this.#pods(app)).flatMap(({ metadata: { name, deletionTimestamp }, spec: { nodeName }, status }) => {
      const ready = status.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True');
      if (!ready || deletionTimestamp !== undefined) return [];
      return [{ name, node: nodeName ?? '', address: status.podIP ?? '' }];
    });
  }

  /** One of them that is Ready; a node of a machine that stands still for a while is not for a moment, nor are its pods. */
  async readyPod(app: string): Promise<ReadyPod> {
    let pod: ReadyPod | undefined;
    await eventually(`a Ready pod of ${app}`, 60_000, async () => {
      [pod] = await this.#readyPods(app);
      return pod !== undefined;
    });
    if (pod === undefined) throw new Error(`No pod of ${app} is Ready.`);
    return pod;
  }

  /** Waits until just so many pods of the app are there, all of them Ready. */
  async awaitPods(app: string, count: number, limitMs = 180_000): Promise<readonly ReadyPod[]> {
    let ready: readonly ReadyPod[] = [];
    await eventually(`${count} Ready pods of ${app}, and no other`, limitMs, async () => {
      ready = await this.#readyPods(app);
      return ready.length === count && (await this.#pods(app)).length === count;
    });
    return ready;
  }

  async awaitBound(...claims: readonly string[]): Promise<void> {
    await eventually(`${claims.join(', ')} Bound`, 90_000, async () => {
      const found = await Promise.all(claims.map(claim => this.claim(claim)));
      return found.every(({ status }) => status.phase === 'Bound');
    });
  }

  claim(name: string): Promise<ClaimObject> {
    return getObject<ClaimObject>(this.product.lab, `${this.#path}/persistentvolumeclaims/${name}`);
  }

  /** Looks for a bound claim's volume on every array; an error unless just one has it. */
  async placeOf(claim: string): Promise<Placed> {
    const volume = (await this.claim(claim)).spec.volumeName ?? '';
    const isIt = (one: { name: string; destroyedMs: number | null }): boolean =>
      one.name.endsWith(volume) && one.destroyedMs === null;
    const { fleet } = this.product;
    const holders = [
      ...(await fleet.states()).filter(({ volumes }) => volumes.some(isIt)).map(at('block')),
      ...(await fleet.bladeStates()).filter(({ fileSystems }) => fileSystems.some(isIt)).map(at('file')),
    ];
    const [holder, ...others] = holders;
    if (holder === undefined || others.length > 0)
      throw new Error(`${volume} is on ${holders.length} arrays, not one.`);
    return { volume, ...holder };
  }

  /** Names of the PersistentVolumes that claims of the namespace have. */
  async volumes(): Promise<readonly string[]> {
    const { items } = await getObject<{ items: readonly VolumeObject[] }>(
      this.product.lab,
      '/api/v1/persistentvolumes',
    );
    return items.filter(({ spec }) => spec.claimRef?.namespace === this.namespace).map(({ metadata }) => metadata.name);
  }

  /** Deletes the namespace and the classes of the folder; an error unless nothing is left on arrays, nodes and cluster. */
  async end(): Promise<void> {
    const volumes = await this.volumes();
    await this.kubectl(['delete', 'namespace', this.namespace, '--timeout=180s']);
    await kubectl(this.product.lab, ['delete', 'storageclass', '-l', `story=${path.basename(this.folder)}`]);
    let left: readonly string[] = [];
    const limitMs = 110_000;
    await eventually('nothing left', limitMs, async () => {
      left = await leftoversOf(this.product, volumes);
      return left.length === 0;
    }).catch((error: unknown) => {
      throw new Error(`Left of ${this.namespace} after ${limitMs / 1000} s: ${left.join('; ')}.`, { cause: error });
    });
  }

  get #path(): string {
    return `/api/v1/namespaces/${this.namespace}`;
  }

  async #pods(app: string): Promise<readonly PodObject[]> {
    const path_ = `${this.#path}/pods?labelSelector=app%3D${app}`;
    return (await getObject<{ items: readonly PodObject[] }>(this.product.lab, path_)).items;
  }
}

const at =
  (kind: Placed['kind']) =>
  ({ name }: { readonly name: string }): Omit<Placed, 'volume'> => ({ array: name, kind });
