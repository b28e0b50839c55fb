import type { HttpRequest, HttpResponse, Transport } from '../../driver/src/rest/transport.ts';
import { TransportError } from '../../driver/src/rest/transport.ts';
import type { FaultKind } from '../simulator/faults.ts';
import type { SimulatedArray } from '../simulator/simulated-array.ts';
import type { Outcome } from '../simulator/simulated.ts';
import type { Dice } from './dice.ts';
import type { Coverage, Fault, FaultPlan } from './fault-plan.ts';
import type { ProcessLife } from './process-life.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface WireParts {
  readonly world: VirtualClock;
  /** Of the driver process at this end. */
  readonly life: ProcessLife;
  readonly array: SimulatedArray;
  readonly plan: FaultPlan;
  readonly coverage: Coverage;
  readonly dice: Dice;
  /** Milliseconds one way, and of the array's own work. */
  readonly latencyMs: number;
}

/** The most that `slow-array` adds before the array acts: less than a lease, and it always acts before the request's own limit. */
const SLOW_ARRAY_MS = 9_000;
const SLOW_SHARE = 0.9;
const SLOW_ANSWER_MS = 40_000;

const AT_ARRAY: ReadonlySet<string> = new Set(['401', '403', '429', '500', '503', 'truncated-json', 'html']);

const siteOf = ({ method, path }: HttpRequest): string =>
  `${method} ${path.replace(/\?.*$/, '').replace(/^\/api\/(?:2\.\d+\/)?/, '')}`;

/** The way from one driver process to one simulated array: no sockets, virtual time, faults by plan. */
export class ArrayWire implements Transport {
  readonly #parts: WireParts;
  #isClosed = false;

  constructor(parts: WireParts) {
    this.#parts = parts;
  }

  exchange(request: HttpRequest): Promise<HttpResponse> {
    const { life, plan, coverage } = this.#parts;
    if (!life.isAlive) return new Promise(() => undefined);
    const site = siteOf(request);
    const fault = plan.strike(site);
    coverage.count(site, fault ?? 'none');
    if (fault === 'crash-before') {
      life.kill();
      return new Promise(() => undefined);
    }
    if (this.#isClosed || fault === 'refused' || this.#parts.array.isDown) return this.#refused();
    return this.#send(request, fault);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  async #refused(): Promise<HttpResponse> {
    await this.#parts.life.sleep(this.#parts.latencyMs);
    throw new TransportError('unreachable', 'not-sent', 'ECONNREFUSED');
  }

  #send(request: HttpRequest, fault: Fault | null): Promise<HttpResponse> {
    const { world, life, dice, latencyMs } = this.#parts;
    const wayMs = latencyMs * dice.between(0.5, 1.5);
    return new Promise((resolve, reject) => {
      let isOver = false;
      const settle = (action: () => void): void =>
        life.deliver(() => {
          if (isOver) return;
          isOver = true;
          callOffTimeout();
          request.signal?.removeEventListener('abort', cancel);
          action();
        });
      const fail = (reason: 'timeout' | 'cancelled' | 'connection-lost'): void =>
        settle(() => reject(new TransportError(reason, 'unknown', reason)));
      const cancel = (): void => fail('cancelled');
      const callOffTimeout = world.after(request.timeoutMs, () => fail('timeout'));
      if (request.signal?.aborted === true) return cancel();
      request.signal?.addEventListener('abort', cancel, { once: true });
      if (fault === 'reset-before') {
        world.after(wayMs, () => fail('connection-lost'));
        return;
      }
      const slowMs = Math.min(SLOW_ARRAY_MS, request.timeoutMs * SLOW_SHARE);
      const thinkMs = fault === 'slow-array' ? dice.between(0, slowMs) : 0;
      const backMs = wayMs + (fault === 'slow-answer' ? dice.between(0, SLOW_ANSWER_MS) : 0);
      let hasActed = false;
      const act = (): void => {
        if (hasActed) return;
        hasActed = true;
        const outcome = this.#act(request, fault);
        if (fault === 'crash-after') life.kill();
        if (fault === 'answer-lost' || outcome.kind === 'reset') world.after(backMs, () => fail('connection-lost'));
        else world.after(backMs, () => settle(() => resolve(outcome.response)));
      };
      world.after(wayMs + thinkMs, act);
      // The array sees the broken connection of a dead process: it acts now or never.
      const actsLate = dice.chance(0.5);
      life.onEnd(() => (actsLate ? act() : (hasActed = true)));
    });
  }

  #act(request: HttpRequest, fault: Fault | null): Outcome {
    const { array } = this.#parts;
    const act = (): Outcome => {
      const { method, path, headers, body } = request;
      const outcome = array.exchange({ method, url: path, headers, body: body ?? '' });
      if (outcome instanceof Promise) throw new Error('an array without a data plane answers at once');
      return outcome;
    };
    if (fault === 'delivered-twice') act();
    if (fault === null || !AT_ARRAY.has(fault)) return act();
    const rule = array.faults.add({
      kind: fault as FaultKind,
      pattern: '.',
      retryAfterSec: this.#parts.dice.whole(0, 8),
    });
    const outcome = act();
    array.faults.remove(rule);
    return outcome;
  }
}
