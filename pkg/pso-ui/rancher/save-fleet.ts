import type { JsonObject } from '../forms/json.ts';
import { FleetConflict } from './fleet-access.ts';
import type { FleetSession } from './fleet-session.ts';
import {
  currentApp,
  type LogListener,
  type OpenRelease,
  type SaveResult,
  saveValues,
  whyUnsent,
} from './release-access.ts';
import { messageOf, type Store } from './store.ts';

/**
 * The Secret first, then the values that name it: the other way round the driver would meanwhile look for a Secret that
 * does not exist. Values that are the release's own are not sent again; values that could not be sent keep the Secret
 * from being written.
 */
export async function saveFleet(
  store: Store,
  release: OpenRelease,
  session: FleetSession,
  values: JsonObject,
  onLog?: LogListener,
): Promise<SaveResult> {
  const hasValues = values !== release.userValues;
  try {
    const unsent = hasValues ? whyUnsent(release, await currentApp(store, release)) : null;
    if (unsent) return unsent;
    await session.save(store);
  } catch (failure) {
    return failure instanceof FleetConflict ? { state: 'conflict' } : { state: 'failed', message: messageOf(failure) };
  }
  return hasValues ? saveValues(store, release, values, onLog) : { state: 'done' };
}
