import { isObject, type JsonObject } from '../forms/json.ts';
import { FLEET_KEY } from '../modules/credentials.ts';
import { canCreate, findOne, type Store, TYPE } from './store.ts';

/** What a Secret held when it was read. */
export interface FleetSource {
  readonly file: JsonObject;
  /** The Secret's resourceVersion; null: there was none. */
  readonly revision: string | null;
}

/** Fails when the key holds something else than a JSON object. */
export async function readFleetFile(store: Store, namespace: string, name: string): Promise<FleetSource> {
  const secret = await findOne(store, TYPE.secret, `${namespace}/${name}`);
  if (!secret) return { file: {}, revision: null };
  const text = decode(secret.data?.[FLEET_KEY] ?? '');
  const file: unknown = text === '' ? {} : JSON.parse(text);
  if (!isObject(file)) throw new Error(`Key ${FLEET_KEY} of Secret ${namespace}/${name} is no JSON object.`);
  return { file, revision: secret.metadata.resourceVersion };
}

export class FleetConflict extends Error {}

/**
 * Writes the fleet file: the only request that ever holds a token. Other keys of the Secret stay. Somebody else's
 * write since `revision` is refused, not overwritten.
 */
export async function writeFleetFile(
  store: Store,
  namespace: string,
  name: string,
  { file, revision }: FleetSource,
): Promise<void> {
  const found = await findOne(store, TYPE.secret, `${namespace}/${name}`);
  if ((found?.metadata.resourceVersion ?? null) !== revision) {
    throw new FleetConflict(`Secret ${namespace}/${name} was changed meanwhile.`);
  }
  const secret = found ?? (await store.dispatch('cluster/create', newSecret(namespace, name)));
  // The dashboard's models drop `stringData` when they save.
  secret.setData(FLEET_KEY, JSON.stringify(file));
  await secret.save();
}

const newSecret = (namespace: string, name: string): object => ({
  type: TYPE.secret,
  apiVersion: 'v1',
  kind: 'Secret',
  _type: 'Opaque',
  metadata: { name, namespace },
});

export const canWriteSecrets = (store: Store): boolean => canCreate(store, TYPE.secret);

const decode = (base64: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(base64), char => char.charCodeAt(0)));
