import type { Seeded } from './common/seeded.ts';

/** What goes wrong with a call. `answerLost`: done, but the connection breaks before the answer. */
export type FaultKind =
  '401' | '403' | '429' | '500' | '503' | 'slow' | 'reset' | 'answer-lost' | 'truncated-json' | 'html';

export const FAULT_KINDS: readonly FaultKind[] = [
  '401', '403', '429', '500', '503', 'slow', 'reset', 'answer-lost', 'truncated-json', 'html',
]; // prettier-ignore

export interface FaultRule {
  readonly kind: FaultKind;
  /** E.g. `POST`; absent: all. */
  readonly method?: string | undefined;
  /** Start of the resource, e.g. `volumes`; absent: all but login and version list. */
  readonly path?: string | undefined;
  /** Against `METHOD /path?query`. */
  readonly pattern?: string | undefined;
  /** 1: the first call that matches, 2: the second … Absent: every one. */
  readonly nth?: number | undefined;
  /** 0 … 1, by the array's seed; absent: 1. */
  readonly probability?: number | undefined;
  /** How often it strikes at most; absent: for ever. */
  readonly times?: number | undefined;
  /** `slow`: added milliseconds. */
  readonly delayMs?: number | undefined;
  /** `429`, `503`: seconds in Retry-After. */
  readonly retryAfterSec?: number | undefined;
  /** Milliseconds of array time since start between which it holds. */
  readonly fromMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

interface ActiveRule {
  readonly id: number;
  readonly rule: FaultRule;
  readonly pattern: RegExp | null;
  matched: number;
  struck: number;
}

/** The fault plan of one array. Several rules may match a call; the first that strikes does, `slow` adds to others. */
export class Faults {
  readonly #random: Seeded;
  readonly #rules: ActiveRule[] = [];
  #ids = 0;

  constructor(random: Seeded) {
    this.#random = random;
  }

  /** Returns an id for `remove`. */
  add(rule: FaultRule): number {
    this.#ids++;
    const pattern = rule.pattern === undefined ? null : new RegExp(rule.pattern, 'i');
    this.#rules.push({ id: this.#ids, rule, pattern, matched: 0, struck: 0 });
    return this.#ids;
  }

  remove(id: number): boolean {
    const index = this.#rules.findIndex(rule => rule.id === id);
    if (index < 0) return false;
    this.#rules.splice(index, 1);
    return true;
  }

  clear(): void {
    this.#rules.length = 0;
  }

  list(): readonly (FaultRule & { readonly id: number; readonly struck: number })[] {
    return this.#rules.map(({ id, rule, struck }) => ({ ...rule, id, struck }));
  }

  /** Decides for one call; `elapsedMs` is array time since start. */
  decide(
    method: string,
    url: string,
    elapsedMs: number,
  ): { readonly fault: FaultRule | null; readonly delayMs: number } {
    if (this.#rules.length === 0) return NO_FAULT;
    const resource = url.replace(VERSION, '').replace(/\?.*$/, '');
    let fault: FaultRule | null = null;
    let delayMs = 0;
    for (const active of this.#rules) {
      if (!matches(active, method, url, resource, elapsedMs) || !this.#strikes(active)) continue;
      if (active.rule.kind === 'slow') delayMs += active.rule.delayMs ?? 1000;
      else fault ??= active.rule;
    }
    return { fault, delayMs };
  }

  #strikes(active: ActiveRule): boolean {
    const { nth, probability, times } = active.rule;
    active.matched++;
    if (nth !== undefined && active.matched !== nth) return false;
    if (times !== undefined && active.struck >= times) return false;
    if (probability !== undefined && this.#random.next() >= probability) return false;
    active.struck++;
    return true;
  }
}

/** FlashBlades have no version before `login` and `logout`. */
const VERSION = /^\/api\/(?:2\.latest\/|[\d.]+\/)?/;

const NO_FAULT = { fault: null, delayMs: 0 };

function matches(
  { rule, pattern }: ActiveRule,
  method: string,
  url: string,
  resource: string,
  elapsedMs: number,
): boolean {
  if (rule.method !== undefined && rule.method.toUpperCase() !== method) return false;
  if (rule.fromMs !== undefined && elapsedMs < rule.fromMs) return false;
  if (rule.untilMs !== undefined && elapsedMs >= rule.untilMs) return false;
  if (pattern !== null && !pattern.test(`${method} ${decodeURIComponent(url)}`)) return false;
  if (rule.path !== undefined) return resource === rule.path || resource.startsWith(`${rule.path}/`);
  return pattern !== null || (resource !== 'login' && resource !== 'api_version');
}
