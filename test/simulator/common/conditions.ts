import type { AlertRecord } from './alerts.ts';
import { refuse } from './api-error.ts';
import type { JsonObject } from './json.ts';
import { isObject } from './json.ts';

const DAY_MS = 86_400_000;

/** What scenarios, tests and the array's own settings calls change, whatever the family. */
export interface ArrayConditions {
  fill: number;
  load: number;
  eradicationDelayMs: number;
  manualEradication: 'all-enabled' | 'all-disabled';
  idleTimeoutMs: number;
  readonly alerts: AlertRecord[];
  /** REST versions, ascending: an upgrade of the array brings others. */
  versions: readonly string[];
}

export const initialConditions = (settings: Readonly<Omit<ArrayConditions, 'alerts'>>): ArrayConditions => ({
  fill: settings.fill,
  load: settings.load,
  eradicationDelayMs: settings.eradicationDelayMs,
  manualEradication: settings.manualEradication,
  idleTimeoutMs: settings.idleTimeoutMs,
  alerts: [],
  versions: settings.versions,
});

/** Checks the body of `PATCH arrays`; the answer puts it into effect. */
export function conditionsPatch(body: JsonObject): (conditions: ArrayConditions) => void {
  const eradication = isObject(body.eradication_config) ? body.eradication_config : {};
  const { eradication_delay: delay, manual_eradication: manual } = eradication;
  if (
    delay !== undefined &&
    (typeof delay !== 'number' || delay < DAY_MS || delay > 30 * DAY_MS || delay % DAY_MS !== 0)
  ) {
    throw refuse('Eradication delay must be between 1 and 30 days.', JSON.stringify(delay));
  }
  const idle = body.idle_timeout;
  if (idle !== undefined && (typeof idle !== 'number' || (idle !== 0 && (idle < 300_000 || idle > 10_800_000)))) {
    throw refuse('Idle timeout must be 0 or between 5 minutes and 3 hours.', JSON.stringify(idle));
  }
  return conditions => {
    if (typeof delay === 'number') conditions.eradicationDelayMs = delay;
    if (manual === 'all-enabled' || manual === 'all-disabled') conditions.manualEradication = manual;
    if (typeof idle === 'number') conditions.idleTimeoutMs = idle;
  };
}
