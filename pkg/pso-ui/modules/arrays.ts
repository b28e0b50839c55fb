import { at, isObject, type JsonObject, textOf } from '../forms/json.ts';
import type { ArrayDraft } from './fleet-file.ts';
import type { MetricSample } from './metrics-text.ts';
import type { KnownArray } from './storage-class.ts';

/** One line of the page: what is configured, and what the driver measured, where it could be asked. */
export interface ArrayRow extends KnownArray {
  readonly id: string;
  readonly endpoint: string;
  /** Null: the driver was not asked or does not know the array. */
  readonly isUp: boolean | null;
  /** Decisions of the asked controller since its start; null as above. */
  readonly placed: number | null;
}

/** `samples` are those of every controller pod that answered: only the leader decides, all poll. */
export function arrayRows(drafts: readonly ArrayDraft[], samples: readonly MetricSample[]): readonly ArrayRow[] {
  return drafts.map(({ id, list, item }) => {
    const endpoint = textOf(item.MgmtEndPoint);
    const own = samples.filter(({ labels }) => labels.array === endpoint);
    const ups = own.filter(({ name }) => name === 'pso_array_up').map(({ value }) => value);
    const placed = own.filter(({ name }) => name === 'pso_placement_decisions_total').map(({ value }) => value);
    return {
      id,
      endpoint,
      name: textOf(item.Name ?? item.MgmtEndPoint),
      kind: list === 'FlashBlades' ? 'file' : 'block',
      labels: labelsOf(item),
      isCordoned: item.cordoned === true,
      isUp: ups.length === 0 ? null : ups.some(up => up === 1),
      placed: placed.length === 0 ? null : placed.reduce((sum, value) => sum + value, 0),
    };
  });
}

/** As the driver reads them: scalars are text, null is empty. */
export function labelsOf(item: JsonObject): Readonly<Record<string, string>> {
  const labels = at(item, ['Labels']);
  if (!isObject(labels)) return {};
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, value === null ? '' : textOf(value)]));
}
