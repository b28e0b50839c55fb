import { randomUUID } from 'node:crypto';
import { DRIVER_NAME } from '../../support/product/install.ts';

/** etcd takes at most 128 operations a transaction. */
const A_TRANSACTION = 100;
const AT_ONCE = 4;
const NAMESPACES = 20;
const STORAGE_CLASS = 'pure-block';
const SIZE = '10Gi';

interface Stored {
  /** Where the API server looks for it in etcd. */
  readonly key: string;
  readonly object: object;
}

const ARRAY_BYTES = 500 * 1024 ** 4;

/** An array that the values name and whose state the driver has shown. */
export interface FullArray {
  readonly endpoint: string;
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export const fullArrays = (count: number): readonly FullArray[] =>
  Array.from({ length: count }, (_, index) => ({
    endpoint: `fa-${index}.example.com`,
    id: randomUUID(),
    name: `fa-${String(index).padStart(3, '0')}`,
    labels: { site: `site-${index % 7}`, tier: ['gold', 'silver', 'bronze'][index % 3] ?? '' },
  }));

/** `app-7/data-01234`: what the volumes are told apart by. */
export const claimOf = (index: number): { readonly namespace: string; readonly name: string } => ({
  namespace: `app-${index % NAMESPACES}`,
  name: `data-${String(index).padStart(5, '0')}`,
});

/**
 * Arrays, claims that are Bound, their volumes and what the driver said of them, as they are after years of use. They are put where the API server keeps
 * its objects: making them one by one, and letting the controllers bind them, takes more time than all that is measured.
 */
export async function storeObjects(etcd: string, count: number, arrays: readonly FullArray[]): Promise<void> {
  const objects = [
    ...arrays.map(storageArray),
    ...Array.from({ length: NAMESPACES }, (_, index) => namespace(claimOf(index).namespace)),
    ...Array.from({ length: count }, (_, index) => volume(index, arrays)).flat(),
  ];
  const batches = Array.from({ length: Math.ceil(objects.length / A_TRANSACTION) }, (_, batch) =>
    objects.slice(batch * A_TRANSACTION, (batch + 1) * A_TRANSACTION),
  );
  const work = async (): Promise<void> => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) await put(etcd, batch);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** By etcd's gateway from JSON to gRPC. */
async function put(etcd: string, objects: readonly Stored[]): Promise<void> {
  const success = objects.map(({ key, object }) => ({
    requestPut: { key: base64(`/registry/${key}`), value: base64(JSON.stringify(object)) },
  }));
  const answer = await fetch(`${etcd}/v3/kv/txn`, { method: 'POST', body: JSON.stringify({ success }) });
  if (!answer.ok) throw new Error(`etcd refused objects: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
}

const born = (index: number): string => new Date(Date.parse('2026-01-01T00:00:00Z') + index * 60_000).toISOString();
const metadata = (name: string, more: object): object => ({ name, uid: randomUUID(), ...more });

const namespace = (name: string): Stored => ({
  key: `namespaces/${name}`,
  object: {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: metadata(name, { creationTimestamp: born(0), labels: { 'kubernetes.io/metadata.name': name } }),
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  },
});

const storageArray = ({ endpoint, id, name, labels }: FullArray, index: number): Stored => ({
  key: `pure-pso.io/storagearrays/${endpoint}`,
  object: {
    apiVersion: 'pure-pso.io/v1alpha1',
    kind: 'StorageArray',
    metadata: metadata(endpoint, { creationTimestamp: born(0), generation: 1 }),
    spec: { endpoint },
    status: {
      health: 'Healthy',
      cordoned: false,
      labels,
      family: 'flasharray',
      arrayID: id,
      arrayName: name,
      model: 'FA-X90R4',
      version: '6.6.11',
      protocols: ['iscsi', 'nvme-tcp'],
      capacity: {
        totalBytes: ARRAY_BYTES,
        usedBytes: (ARRAY_BYTES * (20 + (index % 60))) / 100,
        usedPercent: 20 + (index % 60),
      },
      load: { operationsPerSecond: 1000 * index, bytesPerSecond: 1e8, latencyMicroseconds: 300, queueMicroseconds: 10 },
      observedAt: new Date().toISOString(),
    },
  },
});

/** A claim, its volume, and the event of its placement. */
function volume(index: number, arrays: readonly FullArray[]): readonly Stored[] {
  const claim = claimOf(index);
  const uid = randomUUID();
  const name = `pvc-${uid}`;
  const array = arrays[index % arrays.length];
  if (array === undefined) throw new Error('There is no array for the volumes.');
  const creationTimestamp = born(index);
  const common = { accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem', storageClassName: STORAGE_CLASS };
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...claim, uid };
  const by = { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' };
  const provisioner = {
    'volume.kubernetes.io/storage-provisioner': DRIVER_NAME,
    'volume.beta.kubernetes.io/storage-provisioner': DRIVER_NAME,
  };
  const bound: Stored = {
    key: `persistentvolumeclaims/${claim.namespace}/${claim.name}`,
    object: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        ...claim,
        uid,
        creationTimestamp,
        annotations: { ...by, ...provisioner },
        finalizers: ['kubernetes.io/pvc-protection'],
      },
      spec: { ...common, resources: { requests: { storage: SIZE } }, volumeName: name },
      status: { phase: 'Bound', accessModes: common.accessModes, capacity: { storage: SIZE } },
    },
  };
  const persistent: Stored = {
    key: `persistentvolumes/${name}`,
    object: {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: metadata(name, {
        creationTimestamp,
        annotations: { 'pv.kubernetes.io/provisioned-by': DRIVER_NAME },
        finalizers: ['kubernetes.io/pv-protection'],
      }),
      spec: {
        ...common,
        capacity: { storage: SIZE },
        claimRef,
        persistentVolumeReclaimPolicy: 'Delete',
        csi: { driver: DRIVER_NAME, fsType: 'xfs', volumeHandle: `${array.id}/k8s-${name}` },
      },
      status: { phase: 'Bound', lastPhaseTransitionTime: creationTimestamp },
    },
  };
  return [bound, persistent, placed(index, { ...claim, uid }, array.name)];
}

function placed(
  index: number,
  claim: { readonly namespace: string; readonly name: string; readonly uid: string },
  array: string,
): Stored {
  const name = `${claim.name}.${randomUUID().slice(0, 16)}`;
  const at = born(index);
  return {
    key: `events/${claim.namespace}/${name}`,
    object: {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: metadata(name, { namespace: claim.namespace, creationTimestamp: at }),
      involvedObject: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...claim },
      reason: 'VolumePlaced',
      message: `Volume of ${claim.namespace}/${claim.name} (${SIZE}) placed on ${array} at 41 % fill; 100 of 100 arrays could hold it.`,
      type: 'Normal',
      count: 1,
      firstTimestamp: at,
      lastTimestamp: at,
      source: { component: DRIVER_NAME },
    },
  };
}
