import { formatBytes } from '../../domain/bytes.ts';
import type { Filter } from '../framework.ts';

/** Purity warns at 80 % and slows down near 100 %: the threshold counts what is promised already, too. */
export const capacityFilter: Filter = {
  name: 'capacity',
  class: 'capacity',
  refuse({ sizeBytes }, { array, reserved }, policy) {
    if (!array.observation) return null;
    const { totalBytes, usedBytes } = array.observation.capacity;
    if (!(totalBytes > 0)) return 'It reports no capacity.';
    const freeBytes = totalBytes - usedBytes - reserved.bytes;
    if (sizeBytes > freeBytes) {
      return `${formatBytes(sizeBytes)} do not fit into the ${formatBytes(Math.max(0, freeBytes))} that are free.`;
    }
    const percent = ((usedBytes + reserved.bytes + sizeBytes * policy.expectedFill) / totalBytes) * 100;
    if (percent <= policy.maxUsedPercent) return null;
    return `It would be ${percent.toFixed(1)} % full, the limit is ${policy.maxUsedPercent} %.`;
  },
};
