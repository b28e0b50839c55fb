import { describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { CreateVolumeRequestSchema, NodePublishVolumeRequestSchema } from '../gen/csi_pb.js';
import { redact } from './redact.ts';

const CANARY = 'canary-5c1e';

describe('redact', () => {
  it('strips fields that the descriptor marks secret, and keeps the rest', () => {
    const request = create(CreateVolumeRequestSchema, {
      name: 'pvc-1',
      secrets: { user: CANARY },
      parameters: { backend: 'block', apiToken: CANARY },
      volumeContentSource: { type: { case: 'volume', value: { volumeId: 'source' } } },
    });
    const text = redact(CreateVolumeRequestSchema, request);
    expect(text).not.toContain(CANARY);
    expect(JSON.parse(text)).toMatchObject({
      name: 'pvc-1',
      parameters: { backend: 'block' },
      volumeContentSource: { volume: { volumeId: 'source' } },
    });
  });
  it('strips service-account tokens in volume_context', () => {
    const request = create(NodePublishVolumeRequestSchema, {
      volumeContext: { 'csi.storage.k8s.io/serviceAccount.tokens': CANARY, arrayName: 'a1' },
    });
    expect(redact(NodePublishVolumeRequestSchema, request)).not.toContain(CANARY);
  });
});
