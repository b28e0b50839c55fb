import { afterEach, describe, expect, it } from '@jest/globals';
import { claim, storageClass } from '../cluster/manifests.ts';
import { eventually } from '../support/eventually.ts';
import { apply, kubectl } from '../support/product/cluster.ts';
import { NAMESPACE, RELEASE } from '../support/product/install.ts';
import { awaitBound } from '../support/product/workloads.ts';
import { logIn, MINUTES, session, stage, useDashboard } from './support/dashboard.ts';
import { PAGES } from './support/dashboard-session.ts';
import { userValues } from './support/helm-release.ts';
import { oldestHost } from './ui-artefacts.ts';

const NAME = 'older-host';
const ARRAY = 'fa-munich-1';
const EXPLORER = '/c/local/explorer';
/** What a dashboard shows of a text that it lacks. */
const NO_WORD = /%[a-z][\w-]*(?:\.[\w-]+)+%/giu;

// Before the one of useDashboard, which closes the session.
afterEach(() => {
  expect(session.pageErrors).toEqual([]);
});
useDashboard({
  host: oldestHost,
  begin: async () => {
    await apply(stage.lab, storageClass(NAME, { arraySelector: 'tier=gold' }));
    await apply(stage.lab, claim({ name: NAME, class: NAME }));
    await awaitBound(stage.lab, NAME, 3 * MINUTES);
  },
  end: async () => {
    await kubectl(stage.lab, ['delete', 'pvc', NAME, '--ignore-not-found', '--wait=false']);
    await kubectl(stage.lab, ['delete', 'storageclass', NAME, '--ignore-not-found', '--wait=false']);
  },
  endMs: MINUTES,
});

/** As the driver would write it when the array stopped to answer, or did so again; it does not wait for the driver's round. */
async function setHealth(health: 'Trouble' | 'Healthy'): Promise<void> {
  const names = '-o=jsonpath={range .items[*]}{.metadata.name} {.status.arrayName}{"\\n"}{end}';
  const lines = (await kubectl(stage.lab, ['get', 'storagearrays', names])).split('\n');
  const [name = ''] = lines.find(line => line.endsWith(` ${ARRAY}`))?.split(' ') ?? [];
  const patch = JSON.stringify({ status: { health, trouble: health === 'Trouble' ? 'It does not answer.' : null } });
  await kubectl(stage.lab, ['patch', 'storagearray', name, '--subresource=status', '--type=merge', `--patch=${patch}`]);
}
const squeezed = (text: string): string => text.replace(/\s+/gu, ' ').trim();

describe(`the dashboard of Rancher ${oldestHost.version}`, () => {
  it(
    'opens every page with its data and words for all that is on it, and tells of an array that breaks',
    async () => {
      await logIn();
      const wordless: string[] = [];
      for (const name of PAGES) {
        const page = await session.open(name);
        expect({ name, errors: await page.getByTestId('pso-page-error').count() }).toEqual({ name, errors: 0 });
        if (name === 'overview') await page.getByText(/^\d of \d up$/u).waitFor();
        const found = (await session.page.content()).match(NO_WORD) ?? [];
        wordless.push(...found.map(word => `${name}: ${word}`));
      }
      expect(wordless).toEqual([]);
      const editor = await session.open('arrays');
      await editor.getByTestId('pso-edit-arrays').click();
      await editor.getByTestId('pso-fleet-editor').waitFor();
      const classes = await session.open('classes');
      await classes.getByTestId('pso-new-class').click();
      await classes.getByTestId('pso-class-designer').waitFor();
      const arrays = await session.open('arrays');
      await arrays.getByText('Up', { exact: true }).first().waitFor();
      await eventually('the trouble is told', MINUTES, async () => {
        // The driver writes what is true now and then.
        await setHealth('Trouble');
        await session.page.getByText(`${ARRAY} cannot be used`).first().waitFor({ timeout: 10_000 });
        return true;
      });
      const colour = `getComputedStyle(document.body).getPropertyValue('--error-badge')`;
      expect(await session.page.evaluate<string>(colour)).not.toBe('');
      await setHealth('Healthy');
      await session.page.getByText(`${ARRAY} can be used again`).first().waitFor();
    },
    4 * MINUTES,
  );

  it(
    'saves a setting, and nothing changes that was not touched',
    async () => {
      await logIn();
      const before = await userValues(stage.lab);
      const settings = await session.open('settings');
      await settings.getByTestId('pso-search').fill('maxUsedPercent');
      const { maxUsedPercent: used = 0 } = before['placement'] as { maxUsedPercent?: number };
      const maxUsedPercent = used === 81 ? 82 : 81;
      await settings.getByTestId('pso-field-placement.maxUsedPercent').locator('input').fill(String(maxUsedPercent));
      await settings.getByTestId('pso-change-placement.maxUsedPercent').waitFor();
      await settings.getByTestId('pso-apply').click();
      await settings.getByTestId('pso-saved').waitFor({ timeout: 2 * MINUTES });
      const placement = { ...(before['placement'] as object), maxUsedPercent };
      expect(await userValues(stage.lab)).toEqual({ ...before, placement });
    },
    3 * MINUTES,
  );

  it(
    'finds a volume, and tells on the page of its claim what the array says of it and why it is there',
    async () => {
      await logIn();
      const volumes = await session.open('volumes');
      const row = volumes.locator('tr.main-row').filter({ hasText: `default/${NAME}` });
      await row.waitFor();
      const search = volumes.locator('input.search-box');
      await search.fill('no such volume');
      await row.waitFor({ state: 'detached' });
      await search.fill(NAME.toUpperCase());
      await row.getByText('1 GiB placed on ').waitFor();
      await row.getByTestId(`pso-claim-default/${NAME}`).click();
      const tab = session.page.getByTestId('pso-volume-tab');
      await tab.getByTestId('pso-figure-size').waitFor();
      expect(squeezed(await tab.getByTestId('pso-figure-size').innerText())).toBe('1 GiB');
      expect(squeezed(await tab.getByTestId('pso-placement-outcome').innerText())).toContain('1 GiB placed on ');
    },
    4 * MINUTES,
  );

  it(
    "has its parts on Rancher's own pages of a node, of classes, of the cluster and of the chart, and none in forms",
    async () => {
      await logIn();
      const [worker = ''] = stage.lab.workers;
      await session.goto(`${EXPLORER}/persistentvolumeclaim/default/${NAME}?mode=edit`);
      await session.page.getByTestId('form-save').waitFor();
      expect(await session.page.getByText('On the array').count()).toBe(0);
      await session.goto(`${EXPLORER}/node/${worker}#pso-storage`);
      await session.page.getByTestId('pso-node-tab').getByTestId(`pso-node-${worker}`).waitFor();
      await session.goto(`${EXPLORER}/storage.k8s.io.storageclass`);
      await session.page.locator('tr.main-row').filter({ hasText: NAME }).getByText('tier=gold').waitFor();
      await session.goto(EXPLORER);
      await session.page.getByTestId('pso-card-arrays').waitFor();
      const query = `repo-type=cluster&repo=pure-repo&chart=pure-pso&namespace=${NAMESPACE}&name=${RELEASE}`;
      await session.goto(`/c/local/apps/charts/install?${query}`);
      await session.page.getByRole('button', { name: 'Next' }).click();
      await session.page.getByTestId('pso-chart-form').getByTestId('pso-fleet-editor').waitFor();
    },
    4 * MINUTES,
  );
});
