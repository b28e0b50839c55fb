import { expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { NodePublishVolumeRequestSchema } from '../gen/csi_pb.js';
import type { NodeStorage } from '../node/node-storage.ts';
import { nodeService } from './node-service.ts';

it('refuses an inline volume before anything is touched, and says what to use', async () => {
  const untouched = new Proxy({} as NodeStorage, {
    get: (_target, name) => {
      throw new Error(`${String(name)} was touched`);
    },
  });
  const service = nodeService({
    storage: untouched,
    facts: () => Promise.reject(new Error('not asked')),
    defaultFsType: 'xfs',
    defaultMountOptions: [],
  });
  const request = create(NodePublishVolumeRequestSchema, {
    volumeId: 'csi-1',
    targetPath: '/var/lib/kubelet/pods/1/volumes/x/mount',
    volumeContext: { 'csi.storage.k8s.io/ephemeral': 'true', backend: 'block', size: '5Gi' },
  });
  const call = { requestId: 'r1', signal: new AbortController().signal, remainingMs: 1000 };
  await expect(service.nodePublishVolume?.(request, call)).rejects.toMatchObject({
    id: 'inline-volume-unsupported',
    nextStep: expect.stringContaining('volumeClaimTemplate'),
  });
});
