/** Small manifests for tests; names are the caller's, so that files don't meet on the shared cluster. */

export interface ClaimOptions {
  readonly name: string;
  readonly class: string;
  readonly size?: string;
  readonly attributesClass?: string;
  readonly from?: { readonly kind: 'VolumeSnapshot' | 'PersistentVolumeClaim'; readonly name: string };
}

export function claim({ name, class: storageClassName, size = '1Gi', attributesClass, from }: ClaimOptions): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName,
      resources: { requests: { storage: size } },
      ...(attributesClass === undefined ? {} : { volumeAttributesClassName: attributesClass }),
      ...(from === undefined
        ? {}
        : {
            dataSource: {
              ...from,
              ...(from.kind === 'VolumeSnapshot' ? { apiGroup: 'snapshot.storage.k8s.io' } : {}),
            },
          }),
    },
  });
}

export function storageClass(
  name: string,
  parameters: Readonly<Record<string, string>> = {},
  binding = 'Immediate',
): string {
  return JSON.stringify({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'pure-csi',
    parameters: { backend: 'block', 'csi.storage.k8s.io/fstype': 'ext4', ...parameters },
    allowVolumeExpansion: true,
    volumeBindingMode: binding,
  });
}

export function attributesClass(name: string, parameters: Readonly<Record<string, string>>): string {
  const kind = { apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttributesClass' };
  return JSON.stringify({ ...kind, metadata: { name }, driverName: 'pure-csi', parameters });
}

export function snapshot(name: string, ofClaim: string): string {
  return JSON.stringify({
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshot',
    metadata: { name },
    spec: { volumeSnapshotClassName: 'pure-snapshotclass', source: { persistentVolumeClaimName: ofClaim } },
  });
}

/** A pod that holds a claim at /data and does nothing; `kubectl exec` works in it. */
export function pod(name: string, claimName: string, node?: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      terminationGracePeriodSeconds: 1,
      ...(node === undefined ? {} : { nodeSelector: { 'kubernetes.io/hostname': node } }),
      securityContext: { runAsUser: 999, runAsGroup: 999, fsGroup: 999 },
      containers: [
        {
          name: 'shell',
          image: 'lab.local/postgres:15',
          imagePullPolicy: 'Never',
          command: ['/bin/bash', '-c', "trap 'exit 0' TERM; while :; do sleep 1 & wait; done"],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
    },
  });
}
