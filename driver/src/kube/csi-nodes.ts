import { PsoError } from '../domain/errors.ts';
import type { KubeClient } from './kube-client.ts';

const PATH = '/apis/storage.k8s.io/v1/csinodes';
const DRIVER = 'pure-csi';

type Json = Readonly<Record<string, unknown>>;
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);

/** node_id of each node on which the kubelet registered this driver, from the CSINode objects. One call. */
export class CsiNodes {
  readonly #client: KubeClient;

  constructor(client: KubeClient) {
    this.#client = client;
  }

  async nodeIds(): Promise<readonly string[]> {
    const { status, body } = await this.#client.request('GET', PATH);
    if (status !== 200) {
      throw new PsoError('api-server-silent', `CSINodes: the API server answered ${status}.`, 'It is asked again.');
    }
    return asList(asObject(body).items).flatMap(item =>
      asList(asObject(asObject(item).spec).drivers).flatMap(driver => {
        const { name, nodeID } = asObject(driver);
        return name === DRIVER && typeof nodeID === 'string' ? [nodeID] : [];
      }),
    );
  }
}
