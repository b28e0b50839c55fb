import { status } from '@grpc/grpc-js';
import type { Answer, Method, Request, Response } from './driver-process.ts';
import type { Facts } from './facts.ts';
import type { Replicas, SidecarKind, Term } from './replicas.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** external-provisioner's checkError: after these a create may still be going on, so it is asked for until that is known. */
const IN_BACKGROUND: ReadonlySet<status> = new Set([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.UNAVAILABLE,
  status.ABORTED,
]);

const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;

export interface SidecarParts {
  readonly world: VirtualClock;
  readonly replicas: Replicas;
  readonly facts: Facts;
  readonly timeoutMs: number;
  /** With a scheduler behind (WaitForFirstConsumer), RESOURCE_EXHAUSTED ends an attempt. */
  readonly mayReschedule: boolean;
}

export interface Provisioned {
  readonly response: Response<'createVolume'>;
  readonly bytes: Uint8Array;
}

/** The sidecars' way of asking: again and again, with growing pauses, and without memory after a change of leader. */
export class Sidecars {
  readonly #parts: SidecarParts;

  constructor(parts: SidecarParts) {
    this.#parts = parts;
  }

  /** Asks until it is OK. */
  async untilDone<Name extends Method>(
    kind: SidecarKind,
    name: Name,
    request: Request<Name>,
    onFailure: (answer: Answer<Name>) => void = () => undefined,
  ): Promise<Response<Name>> {
    const { world, replicas } = this.#parts;
    let backoffMs = FIRST_BACKOFF_MS;
    for (;;) {
      const term = await replicas.leader(kind);
      const answer = await this.#ask(term, name, request);
      if (answer?.code === status.OK) return answer.response;
      if (answer === null) backoffMs = FIRST_BACKOFF_MS;
      else onFailure(answer);
      await world.sleep(backoffMs);
      backoffMs = Math.min(MAX_BACKOFF_MS, backoffMs * 2);
    }
  }

  /** One attempt; null when the sidecar died meanwhile. */
  async once<Name extends Method>(kind: SidecarKind, name: Name, request: Request<Name>): Promise<Answer<Name> | null> {
    return this.#ask(await this.#parts.replicas.leader(kind), name, request);
  }

  /**
   * As external-provisioner: null when the claim was deleted and nothing can be there, or nobody remembers that there may
   * be (`forgotten`). `onFinal` sees each error after which the provisioner takes nothing to exist.
   */
  async provision(
    request: Request<'createVolume'>,
    isWanted: () => boolean,
    onFinal: (details: string) => void,
  ): Promise<Provisioned | 'unmade' | 'forgotten'> {
    const { world, replicas, mayReschedule } = this.#parts;
    let backoffMs = FIRST_BACKOFF_MS;
    /** In whose memory the create is in progress, and whether it truly may be. */
    let rememberedBy: Term | null = null;
    let isInDoubt = false;
    for (;;) {
      const term = await replicas.leader('provisioner');
      if (rememberedBy !== term) rememberedBy = null;
      if (!isWanted() && rememberedBy === null) return isInDoubt ? 'forgotten' : 'unmade';
      const answer = await this.#ask(term, 'createVolume', request);
      if (answer?.code === status.OK) {
        // The PersistentVolume is written in the same breath, or the next leader asks again.
        return answer;
      }
      if (answer === null) {
        isInDoubt = true;
        backoffMs = FIRST_BACKOFF_MS;
        continue;
      }
      const isBackground =
        IN_BACKGROUND.has(answer.code) || (answer.code === status.RESOURCE_EXHAUSTED && !mayReschedule);
      if (isBackground) {
        rememberedBy = term;
        isInDoubt ||= answer.code !== status.RESOURCE_EXHAUSTED;
      } else {
        rememberedBy = null;
        isInDoubt = false;
        onFinal(`${status[answer.code]} ${answer.details}`);
      }
      await world.sleep(backoffMs);
      backoffMs = Math.min(MAX_BACKOFF_MS, backoffMs * 2);
    }
  }

  async #ask<Name extends Method>(term: Term, name: Name, request: Request<Name>): Promise<Answer<Name> | null> {
    this.#parts.facts.rpcs += 1;
    return this.#parts.replicas.call(term, name, request, this.#parts.timeoutMs);
  }
}
