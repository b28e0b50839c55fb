import type { KubeAnswer, KubeClient, KubeMethod } from '../kube-client.ts';
import type { Json } from '../json.ts';
import { asObject, asText } from '../json.ts';

interface Stored extends Json {
  readonly metadata: Json;
}

/**
 * As much of an API server as objects with a status need: server-side apply by one manager, versions that a PUT must
 * name, status as a part of its own. It counts writes and lets a test refuse them.
 */
export class ObjectStore implements KubeClient {
  /** By path, e.g. `/apis/pure-pso.io/v1alpha1/storagearrays/fa1`. */
  readonly objects = new Map<string, Stored>();
  readonly writes: string[] = [];
  isDown = false;
  /** Status of every request whose path has this text. */
  refusal: { readonly text: string; readonly status: number } | null = null;
  /** Status of every write; reads are answered. */
  refusedWrites: number | null = null;
  #version = 0;

  request(method: KubeMethod, address: string, body?: unknown): Promise<KubeAnswer> {
    if (this.isDown) return Promise.reject(new Error('connection refused'));
    if (this.refusal && address.includes(this.refusal.text)) {
      return Promise.resolve({ status: this.refusal.status, body: {} });
    }
    if (this.refusedWrites !== null && method !== 'GET') {
      return Promise.resolve({ status: this.refusedWrites, body: {} });
    }
    const [path = ''] = address.split('?');
    if (method !== 'GET') this.writes.push(`${method} ${path}`);
    return Promise.resolve(this.#answer(method, path, asObject(body)));
  }

  stream(): Promise<void> {
    return Promise.reject(new Error('nothing is watched here'));
  }

  names(collection: string): readonly string[] {
    return [...this.objects.keys()]
      .filter(path => path.startsWith(`${collection}/`))
      .map(path => path.slice(collection.length + 1));
  }

  #answer(method: KubeMethod, path: string, body: Json): KubeAnswer {
    switch (method) {
      case 'GET':
        return this.#get(path);
      case 'POST':
        return this.#create(`${path}/${asText(asObject(body.metadata).name)}`, body);
      case 'PUT':
        return this.#replace(path, body);
      case 'PATCH':
        return path.endsWith('/status')
          ? this.#applyStatus(path.slice(0, -'/status'.length), body)
          : this.#store(path, { ...body, status: this.objects.get(path)?.status });
      case 'DELETE':
        return { status: this.objects.delete(path) ? 200 : 404, body: {} };
    }
  }

  #get(path: string): KubeAnswer {
    const object = this.objects.get(path);
    if (object) return { status: 200, body: object };
    // A collection's name is a plural, and no object of a test is.
    if (!path.endsWith('s')) return { status: 404, body: {} };
    return { status: 200, body: { items: this.names(path).map(name => this.objects.get(`${path}/${name}`)) } };
  }

  #create(path: string, body: Json): KubeAnswer {
    return this.objects.has(path) ? { status: 409, body: {} } : this.#store(path, body);
  }

  #replace(path: string, body: Json): KubeAnswer {
    const stored = this.objects.get(path);
    if (!stored) return { status: 404, body: {} };
    const version = asObject(body.metadata).resourceVersion;
    return version === stored.metadata.resourceVersion ? this.#store(path, body) : { status: 409, body: {} };
  }

  #applyStatus(path: string, body: Json): KubeAnswer {
    const stored = this.objects.get(path);
    return stored ? this.#store(path, { ...stored, status: body.status }) : { status: 404, body: {} };
  }

  #store(path: string, body: Json): KubeAnswer {
    this.#version += 1;
    const object = { ...body, metadata: { ...asObject(body.metadata), resourceVersion: String(this.#version) } };
    this.objects.set(path, object);
    return { status: 200, body: object };
  }
}
