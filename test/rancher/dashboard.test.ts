import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { getObject } from '../support/product/api.ts';
import { kubectl } from '../support/product/cluster.ts';
import { NAMESPACE, RELEASE } from '../support/product/install.ts';
import { awaitBound, decisionOn } from '../support/product/workloads.ts';
import { addFlashArray, typeToken } from './support/array-form.ts';
import { barriersIn } from './support/barriers.ts';
import type { PageName, Theme } from './support/dashboard-session.ts';
import { logIn, MINUTES, session, stage, useDashboard } from './support/dashboard.ts';
import { isDeployed, userValues } from './support/helm-release.ts';
import type { Locator } from './support/playwright.ts';
import { holds } from './support/token-search.ts';

const PAGES: readonly PageName[] = [
  'overview',
  'start',
  'arrays',
  'nodes',
  'classes',
  'volumes',
  'recover',
  'settings',
  'import',
  'fleet',
];
const THEMES: readonly Theme[] = ['light', 'dark'];
const ARRAY = 'fa-berlin-3';
const SECRET = 'pure-pso-fleet';
const WRONG_TOKEN = '00000000-0000-4000-8000-00000000dead';

useDashboard();

const fleetFile = async (): Promise<Readonly<Record<string, readonly Record<string, unknown>[]>>> => {
  const path = `-o=jsonpath={.data.pure\\.json}`;
  const text = await kubectl(stage.lab, ['get', 'secret', SECRET, '--namespace', NAMESPACE, path]);
  return JSON.parse(Buffer.from(text, 'base64').toString()) as Record<string, readonly Record<string, unknown>[]>;
};
interface StorageArrays {
  readonly items: readonly { readonly status?: { readonly arrayName?: string; readonly cordoned?: boolean } }[];
}
const isCordoned = async (): Promise<boolean> => {
  const { items } = await getObject<StorageArrays>(stage.lab, '/apis/pure-pso.io/v1alpha1/storagearrays');
  return items.some(({ status }) => status?.arrayName === ARRAY && status.cordoned === true);
};
describe('an administrator in the dashboard', () => {
  it(
    'sees every array of the fleet, and that it answers',
    async () => {
      await logIn('admin');
      const overview = await session.open('overview');
      // The driver was installed a moment ago, and the arrays are asked one by one.
      await overview.getByText('7 of 7 up').waitFor({ timeout: MINUTES });
      const arrays = await session.open('arrays');
      await arrays.getByText('Up', { exact: true }).first().waitFor();
      expect(await arrays.locator('tr.main-row').count()).toBe(7);
      expect(session.pageErrors).toEqual([]);
    },
    3 * MINUTES,
  );

  it(
    'takes the first steps: an array and a class are added, the token goes into the Secret only, Helm runs, all is green',
    async () => {
      await logIn('admin');
      const before = await userValues(stage.lab);
      const start = await session.open('start');
      const next = start.getByTestId('pso-start-next');
      await start.getByTestId('pso-check-driver-good').waitFor();
      await session.picture('start-check-light');
      await next.click();
      await start.getByTestId('pso-fleet-editor').waitFor();
      const form = await addFlashArray(start, { ...stage.newArray, APIToken: WRONG_TOKEN });
      const suggested = await form.getByTestId('pso-row-suggestions').locator('option').all();
      const keys = await Promise.all(suggested.map(option => option.getAttribute('value')));
      expect(keys).toEqual(expect.arrayContaining(['env', 'site', 'tier']));
      const test = form.getByTestId('pso-array-check-ask');
      await test.click();
      await form.getByTestId('pso-array-check-refused').getByText('refused the API token').waitFor();
      await typeToken(form, stage.newArray.APIToken);
      await test.click();
      await form.getByTestId('pso-array-check-answered').waitFor();
      expect(await form.getByTestId('pso-found-capacity').innerText()).toMatch(/TiB \/ .*TiB/u);
      await session.picture('start-arrays-light');
      await next.click();
      await start.getByTestId('pso-start-class').fill('first-class');
      await start.getByTestId('pso-start-selector').fill('tier=gold');
      await start.getByTestId('pso-start-fitting').waitFor();
      await session.picture('start-class-light');
      await next.click();
      await start.getByTestId('pso-review').getByText('arrays.existingSecret').waitFor();
      await session.picture('start-review-light');
      await start.getByTestId('pso-apply').click();
      await start.getByTestId('pso-start-log').waitFor({ timeout: MINUTES });
      await start.getByTestId('pso-start-green').waitFor({ timeout: 3 * MINUTES });
      await session.picture('start-green-light');

      const { arrays: ignored, ...others } = before;
      expect(ignored).toBeDefined();
      const made = { name: 'first-class', backend: 'block', parameters: { arraySelector: 'tier=gold' } };
      const expected = { ...others, arrays: { existingSecret: SECRET }, storageClasses: [made] };
      expect(await userValues(stage.lab)).toEqual(expected);
      const selector = '-o=jsonpath={.parameters.arraySelector}';
      expect(await kubectl(stage.lab, ['get', 'storageclass', 'first-class', selector])).toBe('tier=gold');
      const file = await fleetFile();
      expect(file['FlashArrays']?.at(-1)).toEqual(stage.newArray);
      expect(file['FlashArrays']).toHaveLength(6);
      expect(file['FlashBlades']).toHaveLength(2);

      const withToken = session.writes().filter(({ body }) => stage.tokens.some(token => holds(body, token)));
      const paths = withToken.map(({ url }) => new URL(url).pathname);
      expect(paths.filter(name => !name.endsWith('/proxy/v1/array'))).toEqual([
        `/k8s/clusters/local/v1/secrets/${NAMESPACE}`,
      ]);
      expect(session.requests.filter(request => stage.tokens.some(token => request.url().includes(token)))).toEqual([]);
      expect(stage.tokens.filter(token => stage.rancher.log().includes(token))).toEqual([]);
      const kept = await session.everythingKept();
      expect(stage.tokens.filter(token => kept.includes(token))).toEqual([]);

      const overview = await session.open('overview');
      await overview.getByText('8 of 8 up').waitFor();
    },
    6 * MINUTES,
  );

  it(
    'cordons an array and lets it have volumes again: one key is written, and seen before it is',
    async () => {
      await logIn('admin');
      const before = await userValues(stage.lab);
      const file = await fleetFile();
      const arrays = await session.open('arrays');
      for (const [isWanted, change] of [
        [true, '– true'],
        [false, 'true –'],
      ] as const) {
        await arrays.getByTestId(`pso-cordon-${ARRAY}`).click();
        const review = arrays.getByTestId('pso-review');
        await review.waitFor();
        const line = review.locator('tr').filter({ hasText: /cordoned/u });
        expect(await review.locator('tbody tr').count()).toBe(1);
        expect(squeezed(await line.innerText())).toContain(change);
        if (isWanted) await session.picture('array-cordon-light');
        await arrays.getByTestId('pso-apply').click();
        await arrays.getByTestId('pso-saved').waitFor({ timeout: 2 * MINUTES });
        const isSo = async () => (await isCordoned()) === isWanted;
        await eventually(`cordon of ${ARRAY} is ${isWanted}`, 2 * MINUTES, isSo, 500);
        const row = arrays.locator('tr.main-row').filter({ hasText: ARRAY });
        await row
          .getByText(isWanted ? 'Cordoned' : 'Up', { exact: true })
          .first()
          .waitFor();
      }
      expect(await userValues(stage.lab)).toEqual(before);
      expect(await fleetFile()).toEqual(file);
    },
    6 * MINUTES,
  );

  it(
    "saves by the same forms on Rancher's own page of the chart, and nothing changes that was not touched there",
    async () => {
      await logIn('admin');
      const before = await userValues(stage.lab);
      const secret = await fleetFile();
      const query = `repo-type=cluster&repo=pure-repo&chart=pure-pso&namespace=${NAMESPACE}&name=${RELEASE}`;
      await session.goto(`/c/local/apps/charts/install?${query}`);
      await session.page.getByRole('button', { name: 'Next' }).click();
      const form = session.page.getByTestId('pso-chart-form');
      await form.getByTestId('pso-fleet-editor').waitFor();
      await form.getByTestId('pso-search').fill('maxUsedPercent');
      await form.getByTestId('pso-field-placement.maxUsedPercent').locator('input').fill('84');
      await session.picture('chart-form-changed-light');
      await session.page.getByRole('button', { name: /^(?:Upgrade|Update|Save)/u }).click();
      const placement = { ...(before['placement'] as object), maxUsedPercent: 84 };
      await eventually('Helm keeps what was typed', 2 * MINUTES, async () => {
        // Not as text: Helm tells keys in an order of its own.
        const { placement: now } = await userValues(stage.lab);
        return isDeepStrictEqual(now, placement) && (await isDeployed(stage.lab));
      });
      // Rancher's page adds to `global` what it knows of the cluster.
      const now = await userValues(stage.lab);
      expect(now).toEqual({ ...before, placement, global: now['global'] });
      expect(now).toMatchObject({ global: before['global'] });
      const upgrade = session.writes().find(({ url }) => url.includes('action=upgrade'));
      expect(JSON.parse(upgrade?.body ?? '{}')).toMatchObject({ charts: [{ chartName: 'pure-pso', values: now }] });
      expect(session.writes().filter(({ url }) => url.includes('/secrets'))).toEqual([]);
      expect(await fleetFile()).toEqual(secret);
    },
    4 * MINUTES,
  );

  it(
    'reads on the page why a volume is where it is, in the words of the recorded decision',
    async () => {
      await logIn('admin');
      await kubectl(stage.lab, ['apply', '--filename', 'test/sandbox/manifests/claim.yaml']);
      await awaitBound(stage.lab, 'demo-database', 3 * MINUTES);
      const sentence = await decisionOn(stage.lab, 'demo-database');
      const volumes = await session.open('volumes');
      await volumes.getByText('default/demo-database').waitFor();
      expect(squeezed(await volumes.innerText())).toContain(squeezed(sentence));
    },
    4 * MINUTES,
  );

  it(
    'finds what was deleted on the array that keeps it, with the time that is left',
    async () => {
      await logIn('admin');
      const claim = ['get', 'pvc', 'demo-database', '-o=jsonpath={.spec.volumeName}'];
      const volume = await kubectl(stage.lab, claim);
      await kubectl(stage.lab, ['delete', 'pvc', 'demo-database', '--timeout=60s'], { timeoutMs: 70_000 });
      await kubectl(stage.lab, ['wait', '--for=delete', `pv/${volume}`, '--timeout=60s'], { timeoutMs: 70_000 });
      const recover = await session.open('recover');
      const row = recover.locator('tr.main-row').filter({ hasText: volume });
      await row.waitFor();
      expect(await row.getByTestId('pso-recover-left').innerText()).toMatch(/^(1 d 0 h|23 h 5\d min)$/u);
      expect(await row.innerText()).toMatch(/(?:fa|cbs)-/u);
      expect(session.pageErrors).toEqual([]);
    },
    3 * MINUTES,
  );
});

describe('a user who may only read', () => {
  it(
    'sees every page, and each disabled action names the right that is missing',
    async () => {
      await logIn('viewer');
      for (const name of PAGES) {
        const page = await session.open(name);
        expect(await page.getByTestId('pso-page-error').count()).toBe(0);
        const explained = await page.locator('[data-testid^=pso-read-only]').count();
        for (const button of await page.locator('button:disabled').all()) {
          const title = (await button.getAttribute('title')) ?? '';
          expect({ page: name, button: await button.innerText(), isExplained: explained > 0 || title !== '' }).toEqual(
            expect.objectContaining({ isExplained: true }),
          );
        }
      }
      const arrays = await session.open('arrays');
      expect(await arrays.getByTestId('pso-edit-arrays').isDisabled()).toBe(true);
      const classes = await session.open('classes');
      expect(await classes.getByTestId('pso-new-class').isDisabled()).toBe(true);
      const settings = await session.open('settings');
      await settings.getByTestId('pso-read-only-no-right').waitFor();
      expect(session.writes().filter(({ url }) => /secrets|action=/u.test(url))).toEqual([]);
    },
    4 * MINUTES,
  );
});

describe('every page', () => {
  it.each(THEMES)(
    'has no serious barrier in %s, and its picture',
    async theme => {
      await logIn('admin');
      await session.setTheme(theme);
      const barriers: string[] = [];
      const look = async (page: PageName, view: string = page): Promise<void> => {
        await session.picture(`${view}-${theme}`);
        const found = await barriersIn(session.page, stage.artefacts.browser, `[data-testid=pso-page-${page}]`);
        barriers.push(...found.map(barrier => `${view}: ${barrier}`));
      };
      for (const name of PAGES) {
        await session.open(name);
        await look(name);
      }
      await openEditor(await session.open('arrays'));
      await look('arrays', 'array-editor');
      const classes = await session.open('classes');
      await classes.getByTestId('pso-new-class').click();
      await classes.getByTestId('pso-class-designer').waitFor();
      await look('classes', 'class-designer');
      expect(barriers).toEqual([]);
      expect(session.pageErrors).toEqual([]);
    },
    4 * MINUTES,
  );
});

async function openEditor(arrays: Locator): Promise<void> {
  await arrays.getByTestId('pso-edit-arrays').click();
  await arrays.getByTestId('pso-fleet-editor').waitFor();
}

const squeezed = (text: string): string => text.replace(/\s+/gu, ' ').trim();
