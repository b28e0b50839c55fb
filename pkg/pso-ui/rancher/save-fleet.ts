import type { JsonObject } from '../forms/json.ts';
import { FleetConflict } from './fleet-access.ts';
import type { FleetSession } from './fleet-session.ts';
import { type LogListener, type OpenRelease, type SaveResult, saveValues } from './release-access.ts';
import { messageOf, type Store } from './store.ts';

/**
 * The Secret first, then the values that name it: the other way round the driver would meanwhile look for a Secret that
 * does not exist. Values that are the release's own are not sent again.
 */
export async function saveFleet(
  store: Store,
  release: OpenRelease,
  session: FleetSession,
  values: JsonObject,
  onLog?: LogListener,
): Promise<SaveResult> {
  try {
    await session.save(store);
  } catch (failure) {
    return failure instanceof FleetConflict ? { state: 'conflict' } : { state: 'failed', message: messageOf(failure) };
  }
  return values === release.userValues ? { state: 'done' } : saveValues(store, release, values, onLog);
}
