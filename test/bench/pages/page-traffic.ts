import type { Page, Request } from '../../rancher/support/playwright.ts';

/** What the server sorts and filters; a page of theirs is 50, and some questions are about all that a page shows. */
const PAGED = /\/v1\/(?:persistentvolumes|persistentvolumeclaims|events)(?:\/[^/?]+)?(?:\?|$)/u;
const MOST_ITEMS = 250;

export interface Traffic {
  /** To the API; scripts and pictures are not counted. */
  readonly requests: number;
  readonly kibibytes: number;
  /** What came by itself over web sockets. */
  readonly frames: number;
}

const isApi = (url: string): boolean => /^\/(?:v1|v3|k8s|api|apis)\//u.test(new URL(url).pathname);

/** Counts what a page of the browser asks for and is sent. */
export class PageTraffic {
  #requests = 0;
  #bytes = 0;
  #frames = 0;
  /** Addresses that were answered with more volumes, claims or events than a page shows. */
  readonly wholeLists: string[] = [];
  readonly #pending = new Set<Promise<void>>();

  constructor(page: Page) {
    page.on('requestfinished', request => {
      const counting = this.#count(request).finally(() => this.#pending.delete(counting));
      this.#pending.add(counting);
    });
    page.on('websocket', socket => {
      socket.on('framereceived', ({ payload }) => {
        this.#frames += 1;
        this.#bytes += payload.length;
      });
    });
  }

  /** Since the last time. */
  async take(): Promise<Traffic> {
    await Promise.all(this.#pending);
    const traffic = { requests: this.#requests, kibibytes: this.#bytes / 1024, frames: this.#frames };
    [this.#requests, this.#bytes, this.#frames] = [0, 0, 0];
    return traffic;
  }

  async #count(request: Request): Promise<void> {
    if (!isApi(request.url()) || request.url().includes('/uiplugins/')) return;
    this.#requests += 1;
    const answer = await request.response();
    const body = (await answer?.body().catch(() => null)) ?? Buffer.alloc(0);
    this.#bytes += body.length;
    if (!PAGED.test(request.url())) return;
    const { data = [] } = JSON.parse(body.toString()) as { readonly data?: readonly unknown[] };
    if (data.length > MOST_ITEMS) this.wholeLists.push(request.url());
  }
}
