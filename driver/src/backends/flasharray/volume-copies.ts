import { podOf } from '../../domain/volume.ts';
import { getPodArrays } from '../../rest/flasharray/pods.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import type { VolumeCopy } from '../backend.ts';
import { isMissing, translated } from '../errors.ts';
import type { ArrayContext } from './array-context.ts';

/** One call for a volume in a pod, none for others. */
export async function volumeCopies(
  array: ArrayContext,
  volumeName: string,
  call: RestCall,
): Promise<readonly VolumeCopy[]> {
  const pod = podOf(volumeName);
  if (pod === null) return [];
  return await translated(`looking for the arrays of pod ${pod}`, async () => {
    const arrays = await getPodArrays(array.rest, pod, call).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    return (arrays ?? []).map(({ id, name, status }) => ({
      arrayId: id,
      arrayName: name,
      isServing: status !== 'offline' && status !== 'suspended',
    }));
  });
}
