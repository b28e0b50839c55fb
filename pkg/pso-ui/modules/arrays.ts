import { at, isObject, type JsonObject, textOf } from '../forms/json.ts';
import type { ArrayDraft } from './fleet-file.ts';
import type { KnownArray } from './storage-class.ts';
import { endpointOf, type StorageArray } from './storage-array.ts';

/** `unknown`: configured, but the driver has not said anything about it. */
export type ArrayState = 'up' | 'warning' | 'down' | 'cordoned' | 'unknown';

/** One line of the page: what is configured, and what the driver sees. */
export interface ArrayRow extends KnownArray {
  readonly id: string;
  readonly endpoint: string;
  readonly state: ArrayState;
  /** Null: the driver has said nothing about it. */
  readonly isUp: boolean | null;
  /** Sentences of the driver and of the array about what is wrong. */
  readonly complaints: readonly string[];
  /** UUID; empty where the array was never reached. */
  readonly arrayId: string;
  readonly model: string;
  /** Purity's. */
  readonly version: string;
  readonly protocols: readonly string[];
  /** Figures are null for an array that was never reached. */
  readonly totalBytes: number | null;
  readonly usedBytes: number | null;
  readonly usedPercent: number | null;
  readonly operationsPerSecond: number | null;
  readonly latencyMicroseconds: number | null;
}

/**
 * Configured arrays with their StorageArrays, by endpoint. Without `drafts` (this user may not read the Secret) the
 * StorageArrays alone; with them, an object whose array is not configured any more is on its way out and left away.
 */
export function arrayRows(drafts: readonly ArrayDraft[] | null, objects: readonly StorageArray[]): readonly ArrayRow[] {
  if (drafts === null) return objects.map(object => rowOf(object, endpointOf(object), {}));
  const byEndpoint = new Map(objects.map(object => [endpointOf(object).toLowerCase(), object]));
  return drafts.map(({ list, item }) => {
    const endpoint = textOf(item.MgmtEndPoint);
    const family = list === 'FlashBlades' ? 'flashblade' : 'flasharray';
    const object = byEndpoint.get(endpoint.toLowerCase()) ?? { metadata: { name: endpoint }, status: { family } };
    return rowOf(object, endpoint, item);
  });
}

/** What is configured counts for labels and cordon: the driver says the same a little later. */
function rowOf({ status = {} }: StorageArray, endpoint: string, item: JsonObject): ArrayRow {
  const { health, trouble, warnings = [], capacity, load } = status;
  const isCordoned = item.MgmtEndPoint === undefined ? status.cordoned === true : item.cordoned === true;
  const isUp = health === undefined ? null : health !== 'Trouble';
  return {
    id: endpoint,
    endpoint,
    name: status.arrayName ?? endpoint,
    kind: status.family === 'flashblade' ? 'file' : 'block',
    labels: item.MgmtEndPoint === undefined ? (status.labels ?? {}) : labelsOf(item),
    isCordoned,
    state: stateOf(isUp, isCordoned, health === 'Warning'),
    isUp,
    complaints: [...(trouble === undefined ? [] : [trouble]), ...warnings],
    arrayId: status.arrayID ?? '',
    model: status.model ?? '',
    version: status.version ?? '',
    protocols: status.protocols ?? [],
    totalBytes: capacity?.totalBytes ?? null,
    usedBytes: capacity?.usedBytes ?? null,
    usedPercent: capacity?.usedPercent ?? null,
    operationsPerSecond: load?.operationsPerSecond ?? null,
    latencyMicroseconds: load?.latencyMicroseconds ?? null,
  };
}

/** Trouble first: a cordoned array that is down is down. */
function stateOf(isUp: boolean | null, isCordoned: boolean, hasWarnings: boolean): ArrayState {
  if (isUp === false) return 'down';
  if (isCordoned) return 'cordoned';
  if (isUp === null) return 'unknown';
  return hasWarnings ? 'warning' : 'up';
}

/** As the driver reads them: scalars are text, null is empty. */
export function labelsOf(item: JsonObject): Readonly<Record<string, string>> {
  const labels = at(item, ['Labels']);
  if (!isObject(labels)) return {};
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, value === null ? '' : textOf(value)]));
}

export interface FleetFigures {
  readonly all: number;
  readonly up: number;
  readonly totalBytes: number;
  readonly usedBytes: number;
}

/** Sums over arrays whose capacity is known. */
export function fleetFigures(rows: readonly ArrayRow[]): FleetFigures {
  const sum = (key: 'totalBytes' | 'usedBytes'): number => rows.reduce((total, row) => total + (row[key] ?? 0), 0);
  return {
    all: rows.length,
    up: rows.filter(({ isUp }) => isUp === true).length,
    totalBytes: sum('totalBytes'),
    usedBytes: sum('usedBytes'),
  };
}
