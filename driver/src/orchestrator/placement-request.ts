import { KINDS_OF } from '../domain/array.ts';
import type { Protocol } from '../domain/array.ts';
import type { PlacementRequest } from '../placement/framework.ts';
import { parseLabelSelector } from '../placement/label-selector.ts';
import type { ClassParameters } from './parameters.ts';

/** What a class and a claim ask of an array. `blockProtocols`: any of these connects our nodes to block volumes. */
export function toPlacement(
  { backend, qos, arraySelector, preferredArrays }: ClassParameters,
  blockProtocols: readonly Protocol[],
  wish: Pick<PlacementRequest, 'name' | 'sizeBytes' | 'topology'>,
): PlacementRequest {
  return {
    ...wish,
    kinds: KINDS_OF[backend],
    selector: parseLabelSelector(arraySelector),
    preferred: parseLabelSelector(preferredArrays, 'preferredArrays'),
    protocols: backend === 'file' ? ['nfs'] : blockProtocols,
    needsQos: (qos.iopsLimit ?? 0) > 0 || (qos.bandwidthLimitBytesPerSecond ?? 0) > 0,
  };
}
