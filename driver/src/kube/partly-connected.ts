import type { ClaimEvent } from './claim-events.ts';
import type { ClusterVolume } from './persistent-volumes.ts';

/** For the claim of the volume that Kubernetes knows by `id`; null where it is not known, or bound to none. */
export function partlyConnected(volumes: readonly ClusterVolume[], id: string, message: string): ClaimEvent | null {
  const volume = volumes.find(one => one.id === id);
  if (!volume || volume.claim === '') return null;
  const { namespace, claim, claimUid } = volume;
  return {
    namespace,
    claim,
    uid: claimUid === '' ? null : claimUid,
    type: 'Warning',
    reason: 'VolumePartlyConnected',
    message,
  };
}
