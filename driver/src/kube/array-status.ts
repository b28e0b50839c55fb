import { createHash } from 'node:crypto';
import type { ArrayLoad, ArrayState } from '../domain/array.ts';
import type { Clock } from '../lib/clock.ts';

/** `Warning`: it works, but says that something is wrong with it. `Trouble`: no volume can be made on it now. */
export type ArrayHealth = 'Healthy' | 'Warning' | 'Trouble';

/** `status` of a StorageArray; fields of an array that was never reached are absent. */
export interface StorageArrayStatus {
  readonly health: ArrayHealth;
  /** Why it can't be used; absent while it can. */
  readonly trouble?: string;
  readonly warnings?: readonly string[];
  readonly cordoned: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly family: string;
  readonly arrayID?: string;
  readonly arrayName?: string;
  readonly model?: string;
  readonly version?: string;
  readonly restVersion?: string;
  readonly protocols?: readonly string[];
  readonly capacity?: {
    readonly totalBytes: number;
    readonly usedBytes: number;
    readonly usedPercent: number;
    readonly provisionedBytes?: number;
  };
  readonly load?: {
    readonly operationsPerSecond: number;
    readonly bytesPerSecond: number;
    readonly latencyMicroseconds: number;
    readonly queueMicroseconds: number;
  };
  /** Of the last answer that these figures are from, RFC 3339. */
  readonly observedAt?: string;
}

/** An object may not be too large for whoever lists it. */
const MAX_WARNINGS = 20;
const MAX_SENTENCE = 1000;

const brief = (sentence: string): string =>
  sentence.length <= MAX_SENTENCE ? sentence : `${sentence.slice(0, MAX_SENTENCE - 1)}…`;

/**
 * The endpoint itself where Kubernetes takes it for a name; else what is left of it with a checksum, so that two endpoints
 * never share an object.
 */
export function arrayObjectName(endpoint: string): string {
  const plain = endpoint.toLowerCase();
  if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(plain) && plain.length <= 253)
    return plain;
  const checksum = createHash('sha256').update(plain).digest('hex').slice(0, 8);
  const readable = plain
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/[-.]*\.[-.]*/g, '.')
    .slice(0, 200)
    .replaceAll(/^[-.]+|[-.]+$/g, '');
  return readable === '' ? checksum : `${readable}-${checksum}`;
}

function healthOf({ observation, trouble }: ArrayState): ArrayHealth {
  if (trouble !== null || !observation) return 'Trouble';
  return observation.warnings.length > 0 ? 'Warning' : 'Healthy';
}

const loadOf = (load: ArrayLoad): NonNullable<StorageArrayStatus['load']> => ({
  operationsPerSecond: Math.round(load.iops),
  bytesPerSecond: Math.round(load.bytesPerSecond),
  latencyMicroseconds: Math.round(load.latencyMicroseconds),
  queueMicroseconds: Math.round(load.queueMicroseconds),
});

function observedOf({ observation }: ArrayState, clock: Clock): Partial<StorageArrayStatus> {
  if (!observation) return {};
  const { identity, capacity, load, protocols, warnings } = observation;
  const { totalBytes, usedBytes, provisionedBytes } = capacity;
  const usedPercent = totalBytes > 0 ? Math.round((usedBytes / totalBytes) * 100) : 0;
  return {
    family: identity.kind,
    arrayID: identity.id,
    arrayName: identity.name,
    model: identity.model,
    version: identity.purityVersion,
    restVersion: identity.restVersion,
    protocols,
    capacity: { totalBytes, usedBytes, usedPercent, ...(provisionedBytes === null ? {} : { provisionedBytes }) },
    ...(load ? { load: loadOf(load) } : {}),
    ...(warnings.length > 0 ? { warnings: warnings.slice(0, MAX_WARNINGS).map(brief) } : {}),
    observedAt: new Date(clock.wallMs() - (clock.nowMs() - observation.observedAtMs)).toISOString(),
  };
}

/** What a StorageArray says of an array. Null for one that was not asked yet: nothing is known, and what was known stays. */
export function arrayStatus(state: ArrayState, clock: Clock): StorageArrayStatus | null {
  const { settings, trouble, observation } = state;
  if (!observation && trouble === null) return null;
  return {
    family: settings.kind,
    ...observedOf(state, clock),
    health: healthOf(state),
    ...(trouble === null ? {} : { trouble: brief(trouble) }),
    cordoned: settings.cordoned,
    labels: settings.labels,
  };
}

/** Two figures say as much as twenty, and change less often. */
const coarse = (figure: number): number => Number(figure.toPrecision(2));

/** Equal for two statuses between which a reader sees no difference: those are not worth a write. */
export function essence(status: StorageArrayStatus): string {
  const { capacity, load } = status;
  return JSON.stringify({
    ...status,
    observedAt: undefined,
    capacity: capacity && [capacity.totalBytes, capacity.usedPercent, coarse(capacity.provisionedBytes ?? 0)],
    load: load && Object.values(load).map(coarse),
  });
}
