import { versionsUpTo } from './common/api-facts.ts';
import type { RunningBlade } from './fleet.ts';
import { PUBLISHED_VERSIONS } from './flashblade/api-facts.ts';

/** What may be changed on an array while it runs. */
interface Wanted {
  readonly fill?: number | undefined;
  readonly load?: number | undefined;
  readonly latencyMs?: number | undefined;
  readonly isDown?: boolean | undefined;
  readonly failedBlades?: readonly number[] | undefined;
  readonly expireSessions?: true | undefined;
  readonly restVersion?: string | undefined;
  readonly capacity?: unknown;
  readonly CT0?: unknown;
  readonly CT1?: unknown;
}

/** Throws when something is wanted that a FlashBlade does not have. */
export function changeBlade({ blade }: RunningBlade, wanted: Wanted): void {
  const foreign = (['capacity', 'CT0', 'CT1'] as const).find(field => wanted[field] !== undefined);
  if (foreign !== undefined) throw new Error(`${foreign}: a FlashBlade has no such condition.`);
  const { conditions } = blade.core.state;
  if (wanted.restVersion !== undefined) conditions.versions = versionsUpTo(wanted.restVersion, PUBLISHED_VERSIONS);
  if (wanted.fill !== undefined) conditions.fill = wanted.fill;
  if (wanted.load !== undefined) conditions.load = wanted.load;
  if (wanted.latencyMs !== undefined) blade.latencyMs = wanted.latencyMs;
  if (wanted.isDown !== undefined) blade.isDown = wanted.isDown;
  if (wanted.failedBlades !== undefined) {
    conditions.failedBlades.clear();
    for (const number of wanted.failedBlades) conditions.failedBlades.add(number);
  }
  if (wanted.expireSessions === true) blade.core.sessions.expireAll();
}

export function bladeSummary({ name, endpoint, blade, counters }: RunningBlade): Record<string, unknown> {
  const { fill, load, failedBlades, versions } = blade.core.state.conditions;
  const { latencyMs, isDown, violations } = blade;
  return {
    name,
    endpoint,
    isDown,
    latencyMs,
    fill,
    load,
    failedBlades: [...failedBlades],
    restVersion: versions.at(-1),
    violations,
    counters: Object.fromEntries(counters),
  };
}

export function bladeState({ blade }: RunningBlade): Record<string, unknown> {
  const { state } = blade.core;
  return {
    fileSystems: Array.from(state.fileSystems.values(), ({ name, id, traits, nfs, destroyedMs }) => ({
      name,
      id,
      provisioned: traits.provisioned,
      hardLimit: traits.hardLimit,
      destroyedMs,
      nfs,
      access: blade.accessTo(name),
    })),
    snapshots: Array.from(state.snapshots.values(), ({ name, destroyedMs }) => ({ name, destroyedMs })),
    policies: Array.from(state.nfsPolicies.values(), ({ name, version, rules }) => ({ name, version, rules })),
  };
}
