import type { PodMember, PodRecord } from './records.ts';
import type { ArrayState } from './state.ts';

/** How long an array that comes back, or joins, copies what it missed. */
export const RESYNC_MS = 60_000;

export interface MemberHealth {
  readonly status: 'online' | 'offline' | 'resyncing';
  /** 0 … 1 while resyncing. */
  readonly progress: number | null;
  /** When it stopped to follow. */
  readonly frozenAtMs: number | null;
}

export function memberHealth({ lostMs, resyncUntilMs }: PodMember, nowMs: number): MemberHealth {
  if (lostMs !== null) return { status: 'offline', progress: null, frozenAtMs: lostMs };
  const left = resyncUntilMs - nowMs;
  if (left <= 0) return { status: 'online', progress: null, frozenAtMs: null };
  return { status: 'resyncing', progress: 1 - left / RESYNC_MS, frozenAtMs: null };
}

/** Notices arrays that stopped to follow stretched pods, and those that are back. */
export function settlePods(state: ArrayState, nowMs: number): void {
  for (const pod of state.pods.values()) {
    if (pod.members.length > 1) settlePod(state, pod, nowMs);
  }
}

function settlePod({ network }: ArrayState, pod: PodRecord, nowMs: number): void {
  const states = pod.members.map(member => member.state);
  const isWhole = states.every(one => states.every(other => one === other || network.canTalk(one, other)));
  const survivor = isWhole ? null : survivorOf(pod);
  for (const member of pod.members) {
    const isLost = !isWhole && member.state !== survivor;
    if (isLost) member.lostMs ??= nowMs;
    else if (member.lostMs !== null) {
      member.lostMs = null;
      member.resyncUntilMs = nowMs + RESYNC_MS;
    }
  }
}

/**
 * Who serves a pod whose arrays do not reach each other: of those that are up and reach the mediator, and followed
 * until now, the preferred one, else the first. Nobody, when there is none: then neither risks to be the second.
 */
function survivorOf(pod: PodRecord): ArrayState | null {
  const candidates = pod.members
    .filter(({ state, lostMs }) => lostMs === null && state.network.isUp(state) && state.conditions.isMediatorReachable)
    .map(({ state }) => state);
  const preferred = candidates.find(({ name }) => pod.failoverPreferences.includes(name));
  return preferred ?? candidates[0] ?? null;
}
