import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { getObject } from '../support/product/api.ts';
import { NAMESPACE, RELEASE } from '../support/product/install.ts';
import { DashboardSession } from './support/dashboard-session.ts';
import { launchBrowser, type Browser, type Locator } from './support/playwright.ts';
import { startStage, type Stage } from './support/stage.ts';

const MINUTES = 60_000;
const ARRAY = 'fa-berlin-3';
const STORAGE_ARRAYS = '/apis/pure-pso.io/v1alpha1/storagearrays';

interface StorageArrays {
  readonly items: readonly object[];
}

let stage: Stage;
let browser: Browser;
let session: DashboardSession;

beforeAll(async () => {
  stage = await startStage();
  browser = await launchBrowser(stage.artefacts.browser);
}, 40 * MINUTES);
afterAll(async () => {
  await browser.close();
  await stage.close();
});
afterEach(async () => {
  await session.close();
});

const logIn = async (): Promise<void> => {
  session = await DashboardSession.logIn(browser, stage.rancher, 'admin');
};
/** How many arrays the driver knows: the other tests add one. */
const known = async (): Promise<number> => (await getObject<StorageArrays>(stage.lab, STORAGE_ARRAYS)).items.length;
const lineOf = (page: Locator, array: string): Locator =>
  page.locator('tr.main-row').filter({ hasText: new RegExp(array, 'u') });
/** Exact: a sentence about a connection that hung up is no state. */
const stateOf = (line: Locator, state: 'Up' | 'Down'): Locator => line.getByText(state, { exact: true }).first();

describe('an array that breaks', () => {
  it(
    'is seen on the page that is open and becomes a notification within a minute, and its recovery is seen',
    async () => {
      await logIn();
      const arrays = await session.open('arrays');
      const line = lineOf(arrays, ARRAY);
      await stateOf(line, 'Up').waitFor();
      const started = performance.now();
      await stage.fleet.change(ARRAY, { isDown: true });
      try {
        await stateOf(line, 'Down').waitFor({ timeout: MINUTES });
        const notice = session.page.getByText(`${ARRAY} cannot be used`).first();
        await notice.waitFor({ timeout: 5000 });
        expect(performance.now() - started).toBeLessThan(MINUTES);
        console.log(`A broken array was told after ${((performance.now() - started) / 1000).toFixed(0)} s`);
        expect(await line.locator('.text-error').first().innerText()).toMatch(/\.$/u);
        await session.picture('array-down-light');
      } finally {
        await stage.fleet.change(ARRAY, { isDown: false });
      }
      await stateOf(line, 'Up').waitFor({ timeout: 2 * MINUTES });
      expect(session.pageErrors).toEqual([]);
    },
    5 * MINUTES,
  );
});

describe('an administrator', () => {
  it(
    'sees which node can use which array, also on the page of the node itself',
    async () => {
      await logIn();
      const nodes = await session.open('nodes');
      for (const worker of stage.lab.workers) {
        const row = nodes.getByTestId(`pso-node-${worker}`);
        await row.waitFor();
        expect(await row.locator('.icon-checkmark').count()).toBe(await known());
      }
      const [worker = ''] = stage.lab.workers;
      await session.goto(`/c/local/explorer/node/${worker}#pso-storage`);
      const tab = session.page.getByTestId('pso-node-tab');
      await tab.getByTestId(`pso-node-${worker}`).waitFor();
      await session.picture('node-tab-light');
    },
    3 * MINUTES,
  );

  it(
    'sees the arrays of all clusters, each once, and which clusters are away',
    async () => {
      await logIn();
      const fleet = await session.open('fleet');
      const all = await known();
      await fleet.getByText(`${all} of ${all} arrays up, in 3 clusters.`).waitFor();
      expect(await lineOf(fleet, ARRAY).innerText()).toMatch(/branch, local/u);
      await lineOf(fleet, 'away').getByText('Not ready').waitFor();
      await fleet.getByTestId('pso-cluster-branch').click();
      await lineOf(await session.shown('arrays'), ARRAY).waitFor();
      expect(session.page.url()).toContain('/c/branch/pso/arrays');
    },
    3 * MINUTES,
  );

  it(
    "finds the same forms on Rancher's own page of the chart",
    async () => {
      await logIn();
      const query = `repo-type=cluster&repo=pure-repo&chart=pure-pso&namespace=${NAMESPACE}&name=${RELEASE}`;
      await session.goto(`/c/local/apps/charts/install?${query}`);
      const next = session.page.getByRole('button', { name: 'Next' });
      await next.click();
      const form = session.page.getByTestId('pso-chart-form');
      await form.getByTestId('pso-fleet-editor').waitFor();
      expect(await form.locator('section.array').count()).toBe(await known());
      await session.picture('chart-form-light');
    },
    3 * MINUTES,
  );
});
