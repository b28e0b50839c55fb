import type { Clock } from '../../driver/src/lib/clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

/**
 * One run of a process, from start to end. After `kill` nothing in it goes on: its timers never ring and no answer reaches
 * it, so each of its promises stays where it was, as after SIGKILL. `pause` is SIGSTOP: everything comes later, at once.
 */
export class ProcessLife implements Clock {
  readonly #world: VirtualClock;
  readonly #ends: (() => void)[] = [];
  #held: (() => void)[] | null = null;
  #isAlive = true;

  constructor(world: VirtualClock) {
    this.#world = world;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  nowMs(): number {
    return this.#world.nowMs();
  }

  wallMs(): number {
    return this.#world.wallMs();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#world.sleep(ms, signal).then(
        () => this.deliver(resolve),
        (error: unknown) => this.deliver(() => reject(error instanceof Error ? error : new Error(String(error)))),
      );
    });
  }

  /** Something from outside reaches the process, if it still runs. */
  deliver(action: () => void): void {
    if (!this.#isAlive) return;
    if (this.#held === null) action();
    else this.#held.push(action);
  }

  onEnd(action: () => void): void {
    if (this.#isAlive) this.#ends.push(action);
    else action();
  }

  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    for (const end of this.#ends.splice(0)) end();
  }

  pause(ms: number): void {
    if (!this.#isAlive || this.#held !== null) return;
    this.#held = [];
    this.#world.after(ms, () => {
      const held = this.#held ?? [];
      this.#held = null;
      for (const action of held) this.deliver(action);
    });
  }
}
