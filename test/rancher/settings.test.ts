import { describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { getObject } from '../support/product/api.ts';
import { NAMESPACE, RELEASE } from '../support/product/install.ts';
import { ensure } from '../tools/ensure.ts';
import { barriersIn } from './support/barriers.ts';
import { logIn, MINUTES, session, stage, useDashboard } from './support/dashboard.ts';
import { startGrafanaStandIn } from './support/grafana-stand-in.ts';
import { markRelease, userValues } from './support/helm-release.ts';
import type { Locator } from './support/playwright.ts';
import { FOREIGN_VALUES } from './support/stage.ts';
import { holds } from './support/token-search.ts';
import { filesIn } from './support/zip.ts';
import { uiModules } from './ui-artefacts.ts';

/** Stands in a list that no schema knows, under a key that says what it is. */
const TYPED_TOKEN = '00000000-0000-4000-8000-0000000e1100';
const ELSEWHERE = `elsewhere:
  - MgmtEndPoint: other.example
    note: first
    APIToken: ${TYPED_TOKEN}
`;

/** Rancher knows what its cluster belongs to; here it belongs to nothing, on which the page of the cluster fails. */
const RELATED = { metadata: { relationships: [] } };

interface StorageArrayStatus {
  readonly arrayName: string;
  readonly arrayID: string;
  readonly restVersion: string;
  readonly family: string;
}
interface StorageArrays {
  readonly items: readonly { readonly status: StorageArrayStatus }[];
}

let found: Readonly<Record<string, unknown>>;

useDashboard({
  begin: async () => {
    found = await userValues(stage.lab);
  },
  end: async () => {
    await stage.rancher.install({ chart: 'pure-pso', release: RELEASE, namespace: NAMESPACE, values: found });
  },
  endMs: 5 * MINUTES,
});

const openYaml = async (settings: Locator): Promise<Locator> => {
  await settings.getByTestId('pso-yaml-values').locator('summary').click();
  const yaml = settings.getByTestId('pso-yaml');
  await yaml.waitFor();
  return yaml;
};
const save = async (settings: Locator): Promise<void> => {
  await settings.getByTestId('pso-apply').click();
  await settings.getByTestId('pso-saved').waitFor({ timeout: 3 * MINUTES });
};

const mark = async (status: 'deployed' | 'pending-upgrade'): Promise<void> => {
  await markRelease(stage.lab, status);
  const isSo = async () => (await stage.rancher.statusOf(NAMESPACE, RELEASE)) === status;
  await eventually(`Rancher knows that the release is ${status}`, MINUTES, isSo, 500);
};

describe('all settings', () => {
  it(
    'edits again, and nothing changes that was not touched',
    async () => {
      await logIn();
      const before = await userValues(stage.lab);
      const settings = await session.open('settings');
      await settings.getByTestId('pso-search').fill('maxUsedPercent');
      await settings.getByTestId('pso-field-placement.maxUsedPercent').locator('input').fill('85');
      await settings.getByTestId('pso-change-placement.maxUsedPercent').waitFor();
      await settings.getByTestId('pso-apply').click();
      await settings.getByTestId('pso-saved').waitFor({ timeout: 3 * MINUTES });

      const expected = { ...before, placement: { ...(before['placement'] as object), maxUsedPercent: 85 } };
      expect(expected).toMatchObject(FOREIGN_VALUES);
      expect(await userValues(stage.lab)).toEqual(expected);
      const upgrade = session.writes().find(({ url }) => url.includes('action=upgrade'));
      expect(JSON.parse(upgrade?.body ?? '{}')).toMatchObject({
        namespace: NAMESPACE,
        charts: [{ chartName: 'pure-pso', releaseName: 'pure-pso', values: expected }],
      });
      expect(session.writes().filter(({ url }) => url.includes('/secrets'))).toEqual([]);
    },
    6 * MINUTES,
  );

  it(
    'is told in the words of Helm why an upgrade failed, and puts the previous values back',
    async () => {
      await logIn();
      const before = await userValues(stage.lab);
      const settings = await session.open('settings');
      await settings.getByTestId('pso-search').fill('nodeSelector');
      const selector = settings.getByTestId('pso-field-nodeSelector');
      await selector.getByTestId('pso-add-row').click();
      await selector.getByTestId('pso-row-0-key').fill('no label!');
      await selector.getByTestId('pso-row-0-value').fill('x');
      await settings.getByTestId('pso-change-nodeSelector.no label!').waitFor();
      await settings.getByTestId('pso-apply').click();
      const failed = settings.getByTestId('pso-failed');
      await failed.waitFor({ timeout: 3 * MINUTES });
      expect(await failed.innerText()).toContain('no label!');

      await settings.getByTestId('pso-put-back').click();
      await settings.getByTestId('pso-apply').click();
      await settings.getByTestId('pso-saved').waitFor({ timeout: 3 * MINUTES });
      expect(await userValues(stage.lab)).toEqual(before);
    },
    8 * MINUTES,
  );

  it(
    'writes nothing while Helm is at work on the release or was interrupted, and saves when that is over',
    async () => {
      await logIn();
      const before = await userValues(stage.lab);
      const settings = await session.open('settings');
      await settings.getByTestId('pso-search').fill('maxUsedPercent');
      await settings.getByTestId('pso-field-placement.maxUsedPercent').locator('input').fill('86');
      await mark('pending-upgrade');
      await settings.getByTestId('pso-apply').click();
      await settings.getByTestId('pso-failed').getByText('Helm is at work on this release').waitFor();
      expect(session.writes().filter(({ url }) => url.includes('action=upgrade'))).toEqual([]);

      await mark('deployed');
      await settings.getByTestId('pso-apply').click();
      await settings.getByTestId('pso-saved').waitFor({ timeout: 2 * MINUTES });
      const placement = { ...(before['placement'] as object), maxUsedPercent: 86 };
      expect(await userValues(stage.lab)).toEqual({ ...before, placement });
    },
    6 * MINUTES,
  );

  it(
    'overwrites nothing that somebody else changed meanwhile',
    async () => {
      await logIn();
      const before = await userValues(stage.lab);
      const settings = await session.open('settings');
      await settings.getByTestId('pso-search').fill('pollSeconds');
      await settings.getByTestId('pso-field-placement.pollSeconds').locator('input').fill('30');
      const others = { ...before, storageclass: { default: 'pure-block' } };
      await stage.rancher.install({ chart: 'pure-pso', release: RELEASE, namespace: NAMESPACE, values: others });
      await settings.getByTestId('pso-apply').click();
      await settings.getByTestId('pso-failed').waitFor();
      expect(session.writes().filter(({ url }) => url.includes('action=upgrade'))).toEqual([]);
      expect(await userValues(stage.lab)).toEqual(others);
    },
    6 * MINUTES,
  );

  it(
    'are edited as YAML and by forms in turn; an error names its line, and a concealed secret stays what it was',
    async () => {
      await logIn();
      const before = await userValues(stage.lab);
      const settings = await session.open('settings');
      const yaml = await openYaml(settings);
      const problem = settings.getByTestId('pso-yaml-problem');
      const text = await yaml.inputValue();
      await yaml.fill(`${text}broken: [1\n`);
      const lines = text.split('\n').length;
      await problem.getByText(new RegExp(`^Line (?:${lines}|${lines + 1}): `, 'u')).waitFor();
      await yaml.fill(text + ELSEWHERE);
      await settings.getByTestId('pso-change-elsewhere').waitFor();
      expect(await problem.count()).toBe(0);
      expect(await settings.getByTestId('pso-review').innerText()).not.toContain(TYPED_TOKEN);
      await session.picture('settings-yaml-light');

      await settings.getByTestId('pso-search').fill('maxUsedPercent');
      await settings.getByTestId('pso-field-placement.maxUsedPercent').locator('input').fill('82');
      await eventually('the text follows the form', MINUTES, async () =>
        (await yaml.inputValue()).includes('maxUsedPercent: 82'),
      );
      expect(await yaml.inputValue()).not.toContain(TYPED_TOKEN);
      await yaml.fill((await yaml.inputValue()).replace('maxUsedPercent: 82', 'maxUsedPercent: 83'));
      const field = settings.getByTestId('pso-field-placement.maxUsedPercent').locator('input');
      await eventually('the form follows the text', MINUTES, async () => (await field.inputValue()) === '83');
      await yaml.fill((await yaml.inputValue()).replace('other.example', 'third.example'));
      await problem.getByText('elsewhere.0.APIToken').waitFor();
      expect(await settings.getByTestId('pso-apply').isDisabled()).toBe(true);
      await yaml.fill(
        (await yaml.inputValue()).replace('third.example', 'other.example').replace('note: first', 'note: second'),
      );
      await problem.waitFor({ state: 'detached' });
      await save(settings);

      expect(await userValues(stage.lab)).toEqual({
        ...before,
        placement: { ...(before['placement'] as object), maxUsedPercent: 83 },
        elsewhere: [{ MgmtEndPoint: 'other.example', note: 'second', APIToken: TYPED_TOKEN }],
      });
      expect(await session.everythingKept()).not.toContain(TYPED_TOKEN);
      expect(session.pageErrors).toEqual([]);
    },
    4 * MINUTES,
  );

  it(
    'give a support bundle with what the user may read, and no secret in it',
    async () => {
      await logIn();
      const settings = await session.open('settings');
      const { name, content } = await session.download(settings.getByTestId('pso-support'));
      expect(name).toMatch(/^pure-pso-support-.*\.zip$/u);
      const files = await filesIn(await ensure(uiModules), content);
      const arrays = JSON.parse(files['arrays.json'] ?? '[]') as readonly { readonly name: string }[];
      expect(arrays.map(array => array.name).sort()).toEqual(Object.keys(await storageArrays()).sort());
      expect(JSON.parse(files['values.json'] ?? '{}')).toMatchObject({ clusterID: 'lab' });
      expect(JSON.parse(files['versions.json'] ?? '{}')).toMatchObject({ state: 'ready', release: RELEASE });
      const logs = Object.entries(files).filter(([file]) => /^logs\/.*controller.*\/driver\.log$/u.test(file));
      expect(logs.map(([, log]) => log.includes('\n'))).toContain(true);
      expect(files['README.md']).not.toContain('pods/log');
      const everything = JSON.stringify(files);
      expect([...stage.tokens, TYPED_TOKEN].filter(token => holds(everything, token))).toEqual([]);
      expect(await settings.getByTestId('pso-support-failed').count()).toBe(0);
    },
    4 * MINUTES,
  );

  it(
    'are read as YAML by who may not write them, with secrets concealed',
    async () => {
      await logIn('viewer');
      const settings = await session.open('settings');
      const yaml = await openYaml(settings);
      expect(await yaml.innerText()).toContain('clusterID: lab');
      expect(await settings.getByTestId('pso-yaml-values').locator('textarea').count()).toBe(0);
      const kept = await session.everythingKept();
      expect([...stage.tokens, TYPED_TOKEN].filter(token => kept.includes(token))).toEqual([]);
    },
    4 * MINUTES,
  );
});

describe('at a glance', () => {
  it(
    "the card on Rancher's page of the cluster tells the arrays that are up, what is used, and claims refused lately",
    async () => {
      await logIn();
      await session.answerAlso('**/v1/management.cattle.io.clusters/local*', RELATED);
      await session.goto('/c/local/explorer');
      const card = session.page.getByTestId('pso-cluster-card');
      const all = Object.keys(await storageArrays()).length;
      await card.getByTestId('pso-card-arrays').getByText(`${all} of ${all} up`).waitFor({ timeout: MINUTES });
      expect(await card.getByTestId('pso-card-capacity').innerText()).toMatch(/^[\d.]+ [TP]iB of [\d.]+ [TP]iB$/u);
      expect(await card.getByTestId('pso-card-refused').innerText()).toMatch(/^\d+$/u);
      await session.picture('cluster-card-light');
      await card.getByRole('link', { name: 'Arrays' }).click();
      await session.shown('arrays');
    },
    4 * MINUTES,
  );

  it(
    'an array opens to all that is known of it, and to the nodes that cannot use it',
    async () => {
      await logIn();
      const arrays = await session.open('arrays');
      const status = Object.values(await storageArrays()).find(({ family }) => family === 'flasharray');
      if (!status) throw new Error('The driver knows no FlashArray.');
      const { arrayName: name, arrayID, restVersion } = status;
      const opener = arrays.getByTestId(`pso-array-open-${name}`);
      await opener.click();
      const detail = arrays.getByTestId(`pso-array-detail-${name}`);
      await detail.getByText(restVersion, { exact: true }).waitFor();
      expect(await detail.innerText()).toContain(arrayID);
      expect(await opener.getAttribute('aria-expanded')).toBe('true');
      await detail.locator('h4').nth(1).waitFor();
      await session.picture('array-detail-light');
      const found = await barriersIn(session.page, stage.artefacts.browser, '[data-testid=pso-page-arrays]');
      expect(found).toEqual([]);
      await opener.click();
      await detail.waitFor({ state: 'detached' });
    },
    4 * MINUTES,
  );

  it(
    "the dashboards of Rancher's Grafana are framed where there is one, in the user's theme, and nothing is where there is none",
    async () => {
      await logIn();
      await session.setTheme('dark');
      const arrays = await session.open('arrays');
      await asked('/api/search');
      expect(await arrays.getByTestId('pso-grafana').count()).toBe(0);
      const grafana = await startGrafanaStandIn(stage.lab);
      try {
        const boards = await openGrafana();
        const frame = boards.locator('iframe');
        const address = async (): Promise<URL> => new URL((await frame.getAttribute('src')) ?? '', stage.rancher.url);
        await frame.waitFor({ state: 'attached' });
        const { pathname, searchParams } = await address();
        expect(pathname).toMatch(/\/http:rancher-monitoring-grafana:80\/proxy\/d\/pso-fleet\/[^/]+$/u);
        expect(searchParams.get('theme')).toBe('dark');
        await frame.waitFor();
        await session.picture('grafana-stand-in-dark');
        await boards.getByTestId('pso-grafana-pso-node').click();
        await eventually('the other board', MINUTES, async () => (await address()).pathname.includes('/d/pso-node/'));
      } finally {
        await grafana.close();
      }
    },
    3 * MINUTES,
  );
});

async function storageArrays(): Promise<Readonly<Record<string, StorageArrayStatus>>> {
  const { items } = await getObject<StorageArrays>(stage.lab, '/apis/pure-pso.io/v1alpha1/storagearrays');
  return Object.fromEntries(items.map(({ status }) => [status.arrayName, status]));
}

/** Waits for the answer to the last request whose address holds these words. */
async function asked(words: string): Promise<void> {
  const request = () => session.requests.findLast(one => one.url().includes(words));
  await eventually(`a request for ${words}`, MINUTES, () => Promise.resolve(request() !== undefined));
  await request()?.response();
}

/** The API server learns of a Service's endpoints a little later. */
async function openGrafana(): Promise<Locator> {
  await eventually('Grafana is found', MINUTES, async () => {
    const arrays = await session.open('arrays');
    await arrays.getByTestId('pso-grafana').waitFor({ timeout: 5000 });
    return true;
  });
  const boards = session.page.getByTestId('pso-grafana');
  await boards.locator('summary').click();
  return boards;
}
