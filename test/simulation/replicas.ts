import type { Dice } from './dice.ts';
import type { Answer, DriverProcess, Method, Request } from './driver-process.ts';
import type { VirtualClock } from './virtual-clock.ts';

export type SidecarKind = 'provisioner' | 'attacher' | 'resizer' | 'snapshotter';

/** A leader's time in office: what a sidecar remembers lives as long. */
export class Term {
  readonly pod: Pod;
  readonly #hangUp = new AbortController();

  constructor(pod: Pod) {
    this.pod = pod;
  }

  get isOver(): boolean {
    return this.#hangUp.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.#hangUp.signal;
  }

  end(): void {
    this.#hangUp.abort();
  }
}

interface Pod {
  driver: DriverProcess;
  isUp: boolean;
}

interface Lease {
  term: Term | null;
  /** Who had it last; a sidecar that starts again in the same pod goes on with its office. */
  holder: Pod | null;
  transitions: number;
  freeAtMs: number;
}

/** Chart: lease duration of the sidecars. */
const LEASE_MS = 15_000;
const ASK_AGAIN_MS = 500;

/** Two pods of the controller: a driver and four sidecars each, and each kind of sidecar elects its own leader. */
export class Replicas {
  readonly #world: VirtualClock;
  readonly #dice: Dice;
  readonly #start: (readTerm: () => string | null) => DriverProcess;
  readonly #pods: readonly Pod[];
  readonly #leases = new Map<SidecarKind, Lease>();
  kills = 0;

  constructor(world: VirtualClock, dice: Dice, start: (readTerm: () => string | null) => DriverProcess, count = 2) {
    this.#world = world;
    this.#dice = dice;
    this.#start = start;
    this.#pods = Array.from({ length: count }, () => {
      const pod: Pod = { driver: start(() => this.#termOf(pod)), isUp: true };
      return pod;
    });
    for (const pod of this.#pods) this.#watch(pod);
  }

  /** The leader of a kind, waited for. */
  async leader(kind: SidecarKind): Promise<Term> {
    for (;;) {
      const lease = this.#leases.get(kind) ?? { term: null, holder: null, transitions: 0, freeAtMs: 0 };
      this.#leases.set(kind, lease);
      if (lease.term !== null && !lease.term.isOver) return lease.term;
      const standing = this.#pods.filter(({ isUp }) => isUp);
      if (this.#world.nowMs() >= lease.freeAtMs && standing.length > 0) {
        return this.#elect(lease, this.#dice.pick(standing));
      }
      await this.#world.sleep(ASK_AGAIN_MS);
    }
  }

  /** As the Lease of the provisioner shows it to a pod: null while it is another's. */
  #termOf(pod: Pod): string | null {
    const lease = this.#leases.get('provisioner');
    return lease?.holder === pod ? String(lease.transitions) : null;
  }

  #elect(lease: Lease, pod: Pod): Term {
    if (lease.holder !== null && lease.holder !== pod) lease.transitions += 1;
    lease.holder = pod;
    lease.term = new Term(pod);
    return lease.term;
  }

  /** Null: the sidecar died, or lost its lease, before it had an answer. */
  async call<Name extends Method>(
    term: Term,
    name: Name,
    request: Request<Name>,
    timeoutMs: number,
  ): Promise<Answer<Name> | null> {
    if (term.isOver) return null;
    const answer = await term.pod.driver.call(name, request, timeoutMs, term.signal);
    return term.signal.aborted ? null : answer;
  }

  /** SIGKILL of a driver's container alone: the sidecars beside it go on and ask the next one. */
  killDriver(): void {
    this.#dice.pick(this.#pods).driver.life.kill();
  }

  killPod(): void {
    const pod = this.#dice.pick(this.#pods);
    pod.isUp = false;
    for (const lease of this.#leases.values()) if (lease.term?.pod === pod) this.#endTerm(lease);
    pod.driver.life.kill();
  }

  /** A leader cannot renew its lease: the sidecar exits and starts again. */
  loseLease(): void {
    const leases = [...this.#leases.values()].filter(({ term }) => term !== null);
    if (leases.length > 0) this.#endTerm(this.#dice.pick(leases));
  }

  pauseDriver(ms: number): void {
    this.#dice.pick(this.#pods).driver.life.pause(ms);
  }

  #endTerm(lease: Lease): void {
    lease.freeAtMs = this.#world.nowMs() + LEASE_MS + this.#dice.between(0, 5_000);
    lease.term?.end();
    lease.term = null;
  }

  /** The kubelet starts what ended. */
  #watch(pod: Pod): void {
    pod.driver.life.onEnd(() => {
      this.kills += 1;
      this.#world.after(this.#dice.between(1_000, 4_000), () => {
        pod.driver = this.#start(() => this.#termOf(pod));
        pod.isUp = true;
        this.#watch(pod);
      });
    });
  }
}
