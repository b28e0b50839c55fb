import { computed, type ComputedRef, type Ref, ref, shallowRef } from 'vue';
import type { JsonObject } from '../forms/json.ts';
import { hasFleetMoved } from '../modules/credentials.ts';
import { FleetSession } from './fleet-session.ts';
import { fleetLists } from './model.ts';
import type { OpenRelease } from './release-access.ts';
import { saveFleet } from './save-fleet.ts';
import { messageOf, type Store, useText } from './store.ts';

/** An edit of the arrays on a page: from opening to the end of what it writes. */
export interface FleetEdit {
  readonly session: Ref<FleetSession | null>;
  readonly failed: Ref<string>;
  readonly saved: Ref<string>;
  /** Values to save beside the Secret. */
  readonly valuesAfter: ComputedRef<JsonObject>;
  /** `namespace/name` of the Secret that a save writes; empty: it stays as it is. */
  readonly secret: ComputedRef<string>;
  /** `prepare` makes the first change, e.g. of one key. */
  open(prepare?: (session: FleetSession) => void): Promise<void>;
  /** For an AsyncButton. */
  save(done: (ok: boolean) => void): Promise<void>;
}

export function useFleetEdit(
  store: Store,
  release: () => OpenRelease | null,
  afterSave: () => Promise<void>,
): FleetEdit {
  const t = useText(store);
  const session = shallowRef<FleetSession | null>(null);
  const failed = ref('');
  const saved = ref('');
  /** Values that the session was opened with: a page may be read again while somebody edits. */
  let openedWith: JsonObject = {};
  const valuesAfter = computed(() => {
    const values = release()?.userValues ?? {};
    return session.value?.valuesFor(values) ?? values;
  });
  const secret = computed(() => {
    const opened = session.value;
    return opened?.isChanged.value ? `${opened.namespace}/${opened.secretName}` : '';
  });

  const open = async (prepare?: (session: FleetSession) => void): Promise<void> => {
    const opened = release();
    if (!opened) return;
    try {
      const next = await FleetSession.open(store, opened.namespace, opened.userValues);
      prepare?.(next);
      openedWith = opened.userValues;
      session.value = next;
      failed.value = '';
      saved.value = '';
    } catch (failure) {
      failed.value = t('pso.fleet.unreadable', { reason: messageOf(failure) });
    }
  };

  const save = async (done: (ok: boolean) => void): Promise<void> => {
    const [opened, edited] = [release(), session.value];
    if (!opened || !edited) return done(false);
    if (hasFleetMoved(openedWith, opened.userValues, fleetLists, edited.secretName)) {
      failed.value = t('pso.save.conflict');
      return done(false);
    }
    const result = await saveFleet(store, opened, edited, valuesAfter.value);
    failed.value =
      result.state === 'done'
        ? ''
        : t(`pso.save.${result.state}`, { reason: 'message' in result ? result.message : '' });
    done(failed.value === '');
    if (failed.value !== '') return;
    saved.value = t('pso.save.done');
    session.value = null;
    await afterSave();
  };

  return { session, failed, saved, valuesAfter, secret, open, save };
}
