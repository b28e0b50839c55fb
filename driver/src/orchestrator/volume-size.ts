import { formatBytes, GiB, MAX_VOLUME_BYTES, MIN_VOLUME_BYTES, roundUp, SECTOR_BYTES } from '../domain/bytes.ts';
import { PsoError } from '../domain/errors.ts';

const DEFAULT_BYTES = GiB;

/** The size to make: the smallest that an array can make and the range allows. Throws `out-of-range` or `invalid`. */
export function volumeSize(requiredBytes: number | null, limitBytes: number | null, isCopy = false): number {
  const required = requiredBytes ?? 0;
  const limit = limitBytes ?? 0;
  if (required < 0 || limit < 0) {
    throw new PsoError(
      'size-range-invalid',
      `capacity_range ${required}…${limit} is negative.`,
      'Ask for a positive size.',
    );
  }
  if (limit > 0 && limit < required) {
    throw new PsoError(
      'size-range-invalid',
      `capacity_range: limit_bytes ${limit} is below required_bytes ${required}.`,
      'Correct it.',
    );
  }
  const smallest = isCopy ? MIN_VOLUME_BYTES : limit > 0 ? Math.min(DEFAULT_BYTES, limit) : DEFAULT_BYTES;
  const wanted = required > 0 ? required : smallest;
  const size = roundUp(Math.max(wanted, MIN_VOLUME_BYTES), SECTOR_BYTES);
  if (size > MAX_VOLUME_BYTES || (limit > 0 && size > limit)) {
    const most = limit > 0 ? Math.min(limit, MAX_VOLUME_BYTES) : MAX_VOLUME_BYTES;
    throw new PsoError(
      'size-impossible',
      `A volume of ${formatBytes(size)} is needed, at most ${formatBytes(most)} is possible.`,
      'Ask for a size between 1 MiB and 4 PiB.',
    );
  }
  return size;
}
