import { setTimeout as sleep } from 'node:timers/promises';
import { DashboardSession, type PageName } from '../rancher/support/dashboard-session.ts';
import type { Locator } from '../rancher/support/playwright.ts';
import type { Rancher } from '../rancher/support/rancher.ts';
import type { Bench } from './bench.ts';
import { round } from './bench.ts';
import { startFullStage } from './pages/full-stage.ts';
import { PageTraffic } from './pages/page-traffic.ts';
import { claimOf } from './pages/stored-objects.ts';

const QUIET_MS = 60_000;
const FIRST_ROWS = { max: 3000 };
const A_STEP = { max: 1000 };

/** From the click to what it is to bring, as a person waits for it. */
async function timed(click: () => Promise<void>, brought: Locator): Promise<number> {
  const started = performance.now();
  await click();
  await brought.waitFor({ timeout: 60_000 });
  return Math.round(performance.now() - started);
}

/** Clicks through the pages of a full cluster. */
class Walk {
  readonly #session: DashboardSession;

  constructor(session: DashboardSession) {
    this.#session = session;
  }

  /** By the side bar, from whatever page is shown. */
  page(name: PageName, first: string): Promise<number> {
    const { page } = this.#session;
    const link = page.locator(`a[href$="/c/local/pso/${name}"]`).first();
    return timed(() => link.click(), page.getByTestId(`pso-page-${name}`).locator(first).first());
  }

  /** On Rancher's own page of a claim, `namespace/name`, which is loaded from its start. */
  placementTab(claim: string): Promise<number> {
    const { page } = this.#session;
    const address = `/c/local/explorer/persistentvolumeclaim/${claim}#pso-placement`;
    return timed(() => this.#session.goto(address), page.getByTestId('pso-placement-words'));
  }

  row(text: string): Locator {
    return this.#session.page.locator('tr.main-row').filter({ hasText: text }).first();
  }

  next(rowOfNext: string): Promise<number> {
    return timed(() => this.#session.page.getByTestId('pagination-next').click(), this.row(rowOfNext));
  }

  search(text: string, found: string): Promise<number> {
    return timed(() => this.#session.page.locator('input.search-box').fill(text), this.row(found));
  }

  /** By the title of a column, from ascending to descending. */
  sort(title: string, first: string): Promise<number> {
    const header = this.#session.page.locator('th').filter({ hasText: title }).first();
    return timed(() => header.click(), this.row(first));
  }
}

/** Rancher keeps what its pages list; whoever asks first waits until it has read all of it. */
async function firstRead(rancher: Rancher): Promise<number> {
  const started = performance.now();
  for (const kind of ['persistentvolumes', 'persistentvolumeclaims', 'events']) {
    await rancher.request('GET', `/k8s/clusters/local/v1/${kind}?page=1&pagesize=1`);
  }
  return Math.round(performance.now() - started);
}

/** What somebody waits for who opens the pages of a full cluster. */
export const pages: Bench = {
  name: 'pages',
  summary: "the extension's pages in a real browser on a full cluster: how long one waits, and what is asked for",
  options: {
    arrays: { value: 100, meaning: 'as the driver shows them' },
    volumes: { value: 10_000, meaning: 'with their claims and events, in a real API server' },
  },
  run: async ({ arrays = 100, volumes = 10_000 }, say) => {
    const stage = await startFullStage({ arrays, volumes }, say);
    try {
      const readMs = await firstRead(stage.rancher);
      say(`Rancher has read the cluster once, in ${readMs} ms`);
      const session = await DashboardSession.logIn(stage.browser, stage.rancher, 'admin');
      const traffic = new PageTraffic(session.page);
      await session.open('overview');
      const firstLoad = await traffic.take();
      const walk = new Walk(session);
      const claim = (index: number): string => Object.values(claimOf(index)).join('/');
      const sorted = Array.from({ length: volumes }, (_, index) => claim(index)).sort();
      const at = (index: number): string => sorted.at(index) ?? '';
      const times = {
        volumesMs: await walk.page('volumes', 'tr.main-row'),
        nextPageMs: await walk.next(at(50)),
        searchMs: await walk.search(at(-7), at(-7)),
        searchBackMs: await walk.search('', at(0)),
        sortMs: await walk.sort('Claim', at(-1)),
        arraysMs: await walk.page('arrays', 'tr.main-row'),
        overviewMs: await walk.page('overview', '[data-testid=pso-tile-volumes]'),
        placementTabMs: await walk.placementTab(at(0)),
      };
      for (const [name, time] of Object.entries(times)) say(`${name}: ${time}`);
      const clicks = await traffic.take();
      await session.open('volumes');
      await traffic.take();
      await sleep(QUIET_MS);
      const quiet = await traffic.take();
      for (const url of traffic.wholeLists) say(`a whole list was asked for: ${url}`);
      await session.picture('bench-volumes-light');
      await session.close();
      return {
        figures: {
          arrays,
          volumes,
          readMs,
          ...times,
          firstLoadRequests: firstLoad.requests,
          firstLoadKiB: round(firstLoad.kibibytes, 0),
          clicksRequests: clicks.requests,
          clicksKiB: round(clicks.kibibytes, 0),
          quietRequests: quiet.requests,
          quietKiB: round(quiet.kibibytes, 0),
          quietFrames: quiet.frames,
          wholeLists: traffic.wholeLists.length,
        },
        bars: {
          volumesMs: FIRST_ROWS,
          arraysMs: FIRST_ROWS,
          overviewMs: FIRST_ROWS,
          nextPageMs: A_STEP,
          searchMs: A_STEP,
          searchBackMs: A_STEP,
          sortMs: A_STEP,
          placementTabMs: { max: 10_000 },
          wholeLists: { max: 0 },
          quietRequests: { max: 10 },
        },
      };
    } finally {
      await stage.close();
    }
  },
};
