import { describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { getObject } from '../support/product/api.ts';
import { kubectl } from '../support/product/cluster.ts';
import { NAMESPACE, RELEASE } from '../support/product/install.ts';
import type { PageName } from './support/dashboard-session.ts';
import { logIn, MINUTES, session, stage, useDashboard } from './support/dashboard.ts';
import { MADE_STATES, type MadeState } from './support/driver-states.ts';
import { userValues } from './support/helm-release.ts';
import type { Locator } from './support/playwright.ts';

const ARRAY = 'fa-berlin-3';
const PAGES: readonly PageName[] = [
  'arrays',
  'nodes',
  'classes',
  'placement',
  'volumes',
  'recover',
  'settings',
  'start',
];
const STORAGE_ARRAYS = '/apis/pure-pso.io/v1alpha1/storagearrays';

interface StorageArrays {
  readonly items: readonly object[];
}

useDashboard();

/** How many arrays the driver knows: the other tests add one. */
const known = async (): Promise<number> => (await getObject<StorageArrays>(stage.lab, STORAGE_ARRAYS)).items.length;
/** Presses Tab until the focus, which has to be visible, is there. `inside`: on that part of it. */
async function tabTo(testId: string, inside = ''): Promise<void> {
  const wanted = `[data-testid="${testId}"] ${inside}`.trim();
  for (let presses = 0; presses < 300; presses += 1) {
    await session.page.keyboard.press('Tab');
    const { isThere, isSeen } = await session.page.evaluate<{ isThere: boolean; isSeen: boolean }>(`(() => {
      const focused = document.activeElement;
      const box = focused.getBoundingClientRect();
      return { isThere: focused.matches(${JSON.stringify(wanted)}), isSeen: box.width > 0 && box.height > 0 };
    })()`);
    if (isThere && !isSeen) throw new Error(`${wanted} has the focus, but no size`);
    if (isThere) return;
  }
  throw new Error(`300 times Tab, and the focus never came to ${wanted}`);
}
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
    'gets to a new array and back by keyboard alone, and sees where the focus is',
    async () => {
      await logIn();
      const arrays = await session.open('arrays');
      const before = await known();
      await tabTo('pso-edit-arrays');
      await session.page.keyboard.press('Enter');
      await arrays.getByTestId('pso-fleet-editor').waitFor();
      await tabTo('pso-add-FlashArrays');
      await session.page.keyboard.press('Enter');
      const form = arrays.getByTestId(`pso-array-${before}`);
      await form.waitFor();
      await tabTo(`pso-array-${before}`, '[data-testid="pso-field-MgmtEndPoint"] input');
      await session.page.keyboard.type('fa-new.example');
      expect(await form.getByTestId('pso-field-MgmtEndPoint').locator('input').inputValue()).toBe('fa-new.example');
      await tabTo('pso-discard');
      await session.page.keyboard.press('Space');
      await lineOf(arrays, ARRAY).waitFor();
      expect(await known()).toBe(before);
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

describe("Kubernetes' own role", () => {
  const HERE = ['--namespace', NAMESPACE];
  const CHECK = 'pure-pso-array-check';
  const path = `/api/v1/namespaces/${NAMESPACE}/services/http:${CHECK}:9896/proxy/v1/array`;
  const asked = (user: string): readonly string[] => [...HERE, `--as=${user}`];
  const ticketFor = (user: string): Promise<string> =>
    kubectl(stage.lab, ['create', 'token', CHECK, `--audience=${CHECK}`, ...asked(user)]);
  const ask = (user: string, ticket: string): Promise<string> => {
    const stdin = JSON.stringify({ ticket: ticket.trim(), FlashArrays: [stage.newArray] });
    return kubectl(stage.lab, ['create', '--raw', path, '--filename=-', `--as=${user}`], { stdin });
  };

  it(
    'edit is enough to have an array looked at, and view is not',
    async () => {
      const roles = ['edit', 'view'];
      for (const role of roles) {
        await kubectl(stage.lab, ['create', 'rolebinding', `only-${role}`, `--clusterrole=${role}`, `--user=only-${role}`, ...HERE]); // prettier-ignore
      }
      try {
        let ticket = '';
        await eventually('the role counts', MINUTES / 2, async () => {
          ticket = await ticketFor('only-edit');
          return ticket !== '';
        });
        expect(JSON.parse(await ask('only-edit', ticket))).toMatchObject({ state: 'answered' });
        await expect(ticketFor('only-view')).rejects.toThrow('serviceaccounts/token');
        await expect(ask('only-view', ticket)).rejects.toThrow('services/proxy');
      } finally {
        await kubectl(stage.lab, ['delete', 'rolebinding', ...roles.map(role => `only-${role}`), ...HERE]);
      }
    },
    2 * MINUTES,
  );
});

describe('a release that Fleet manages', () => {
  it(
    'is offered as fleet.yaml and HelmOp with the edit in it, and nothing is written',
    async () => {
      const values = await userValues(stage.lab);
      const release = { chart: 'pure-pso', release: RELEASE, namespace: NAMESPACE, values };
      await stage.rancher.install({ ...release, annotations: { 'fleet.cattle.io/bundle-id': 'storage' } });
      try {
        await logIn();
        const settings = await session.open('settings');
        await settings.getByTestId('pso-read-only-fleet').waitFor();
        await settings.getByTestId('pso-search').fill('maxUsedPercent');
        await settings.getByTestId('pso-field-placement.maxUsedPercent').locator('input').fill('83');
        const offer = settings.getByTestId('pso-fleet-yaml');
        await offer.getByText('maxUsedPercent: 83').first().waitFor();
        expect(await offer.innerText()).toMatch(/targetCustomizations:[^]*clusterName: local/u);
        await offer.locator('summary').click();
        expect(await offer.getByTestId('pso-helm-op').innerText()).toContain('maxUsedPercent: 83');
        expect(stage.tokens.filter(token => session.console.join().includes(token))).toEqual([]);
        expect(await settings.getByTestId('pso-apply').isDisabled()).toBe(true);
        await session.picture('settings-fleet-light');
        const written = session.requests.filter(request => /action=|\/secrets/u.test(request.url()));
        expect(written.filter(request => request.method() !== 'GET')).toEqual([]);
        expect(await userValues(stage.lab)).toEqual(values);
      } finally {
        await stage.rancher.install(release);
      }
    },
    4 * MINUTES,
  );
});

describe('a driver that cannot be asked', () => {
  /** In the others every page has what it has else, with one sentence more. */
  const MUCH_MISSING: readonly string[] = ['absent', 'starting'];
  /** By the side bar: what the dashboard holds stays. */
  const turnTo = async (name: PageName): Promise<Locator> => {
    await session.page.locator(`a[href$="/c/local/pso/${name}"]`).first().click();
    return session.shown(name);
  };
  const awaitTold = async ({ state, make }: MadeState): Promise<void> => {
    const overview = session.page.getByTestId('pso-page-overview');
    await eventually(`the page tells ${state}`, MINUTES, async () => {
      if (state === 'unreachable') await make(stage.lab);
      await overview.getByTestId('pso-reload').click();
      await session.shown('overview');
      return (await overview.getByTestId(`pso-state-${state}`).count()) > 0;
    });
  };

  it.each(MADE_STATES.map(made => [made.state, made] as const))(
    'is told to be %s, with what to do, and the pages are there',
    async (state, made) => {
      await logIn();
      await session.open('overview');
      await made.make(stage.lab);
      try {
        await awaitTold(made);
        await session.picture(`state-${state}-light`);
        for (const name of MUCH_MISSING.includes(state) ? PAGES : PAGES.slice(0, 1)) {
          const page = await turnTo(name);
          expect([name, await page.getByTestId('pso-page-error').count()]).toEqual([name, 0]);
          expect((await page.innerText()).length).toBeGreaterThan(20);
        }
        expect(session.pageErrors).toEqual([]);
      } finally {
        await made.end(stage.lab);
      }
    },
    4 * MINUTES,
  );
});
