import type { BackendType } from '../../driver/src/domain/array.ts';
import { formatNodeId, nodeNamed } from '../../driver/src/domain/node-id.ts';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../driver/src/gen/csi_pb.js';

const GIB = 1024n ** 3n;

export const CAPABILITY = {
  accessType: { case: 'mount' as const, value: { fsType: 'ext4' } },
  accessMode: { mode: Mode.SINGLE_NODE_WRITER },
};

/** What external-provisioner asks with `--extra-create-metadata`. `uuid` makes the name one that Kubernetes would give. */
export const createRequest = (uuid: string, backend: BackendType = 'block') => ({
  name: `pvc-${uuid}`,
  capacityRange: { requiredBytes: GIB },
  volumeCapabilities: [CAPABILITY],
  parameters: {
    backend,
    'csi.storage.k8s.io/pvc/name': 'data',
    'csi.storage.k8s.io/pvc/namespace': 'default',
    'csi.storage.k8s.io/pv/name': `pvc-${uuid}`,
  },
});

export const expandRequest = (volumeId: string) => ({ volumeId, capacityRange: { requiredBytes: 2n * GIB } });

export const publishRequest = (volumeId: string, node = 'n1') => ({
  volumeId,
  nodeId: formatNodeId(
    nodeNamed(node, { iqn: `iqn.2026-01.lab:${node}`, nqn: `nqn.2026-01.lab:${node}`, addresses: ['10.0.0.1'] }),
  ),
  volumeCapability: CAPABILITY,
});
