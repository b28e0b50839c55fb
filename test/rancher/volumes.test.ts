import { describe, expect, it } from '@jest/globals';
import { attributesClass, claim, pod, storageClass } from '../cluster/manifests.ts';
import { eventually } from '../support/eventually.ts';
import { getObject } from '../support/product/api.ts';
import { apply, kubectl } from '../support/product/cluster.ts';
import { awaitBound, awaitReady } from '../support/product/workloads.ts';
import { barriersIn } from './support/barriers.ts';
import type { Theme } from './support/dashboard-session.ts';
import { logIn, MINUTES, session, stage, useDashboard } from './support/dashboard.ts';
import type { Locator } from './support/playwright.ts';

const THEMES: readonly Theme[] = ['light', 'dark'];
const NAME = 'seen';
const GOLD = 'seen-gold';
const SNAPSHOT = 'seen-before';
const GIB = 2 ** 30;
const ADDRESS = `/c/local/explorer/persistentvolumeclaim/default/${NAME}#pso-placement`;

interface Claim {
  readonly spec: { readonly volumeName: string };
  readonly status: { readonly capacity: { readonly storage: string } };
}

let node = '';
let volumeName = '';

useDashboard({
  begin: async () => {
    const { lab } = stage;
    await apply(lab, storageClass(NAME));
    await apply(lab, attributesClass(GOLD, { iops_limit: '3000', bandwidth_limit: '100M' }));
    await apply(lab, claim({ name: NAME, class: NAME }));
    await apply(lab, pod(`${NAME}-pod`, NAME));
    await awaitBound(lab, NAME, 2 * MINUTES);
    node = await awaitReady(lab, `${NAME}-pod`, 3 * MINUTES);
    volumeName = (await readClaim()).spec.volumeName;
  },
  end: async () => {
    const { lab } = stage;
    await kubectl(lab, ['delete', `pod/${NAME}-pod`, '--grace-period=1', '--ignore-not-found', '--wait=false']);
    await kubectl(lab, ['delete', 'volumesnapshot', SNAPSHOT, '--ignore-not-found', '--timeout=50s'], {
      timeoutMs: 60_000,
    });
    await kubectl(lab, ['delete', 'pvc', NAME, '--ignore-not-found', '--wait=false']);
    await kubectl(lab, ['delete', `storageclass/${NAME}`, `volumeattributesclass/${GOLD}`, '--wait=false']);
  },
  endMs: 2 * MINUTES,
});

const readClaim = (): Promise<Claim> =>
  getObject<Claim>(stage.lab, `/api/v1/namespaces/default/persistentvolumeclaims/${NAME}`);
/** Rancher's page of the claim, with our tab. */
async function openTab(): Promise<Locator> {
  await session.goto(ADDRESS);
  const tab = session.page.getByTestId('pso-volume-tab');
  await tab.getByTestId('pso-expand-do').waitFor();
  return tab;
}
/** What its array itself says of the volume. */
async function onArray() {
  for (const state of await stage.fleet.states()) {
    const volume = state.volumes.find(({ name, destroyedMs }) => name.endsWith(volumeName) && destroyedMs === null);
    if (!volume) continue;
    const snapshots = state.snapshots.filter(({ name, destroyedMs }) => name.startsWith(`${volume.name}.`) && destroyedMs === null); // prettier-ignore
    return { ...volume, array: state.name, snapshots: snapshots.map(snapshot => snapshot.name) };
  }
  throw new Error(`No array has a volume of ${volumeName}.`);
}
const squeezed = async (part: Locator): Promise<string> => (await part.innerText()).replace(/\s+/gu, ' ').trim();
/** Requests that change something, but for questions to the driver. */
const writes = (): readonly object[] =>
  session.requests
    .filter(request => !['GET', 'HEAD', 'OPTIONS'].includes(request.method()) && !request.url().includes('/proxy/'))
    .filter(request => request.url().includes('/k8s/clusters/local/api'))
    .map(request => ({
      method: request.method(),
      path: new URL(request.url()).pathname.replace('/k8s/clusters/local', ''),
      type: request.headers()['content-type'],
      body: JSON.parse(request.postData() ?? '{}') as unknown,
    }));

describe('a volume', () => {
  it(
    "shows its array's figures in the list, asked for in one request, and on the page of its claim",
    async () => {
      await logIn('admin');
      const volumes = await session.open('volumes');
      const row = volumes.locator('tr.main-row').filter({ hasText: `default/${NAME}` });
      await eventually('figures in the row', MINUTES / 2, async () =>
        /B$/u.test(await row.getByTestId('pso-volume-used').innerText()),
      );
      const asked = session.requests.filter(request => request.url().endsWith('/proxy/v1/volumes'));
      expect(asked).toHaveLength(1);
      await row.getByTestId(`pso-claim-default/${NAME}`).click();
      const tab = session.page.getByTestId('pso-volume-tab');
      await tab.getByTestId('pso-figure-size').waitFor();
      const { array, name } = await onArray();
      expect(await squeezed(tab.getByTestId('pso-volume-array'))).toBe(array);
      expect(await squeezed(tab.getByTestId('pso-volume-name'))).toBe(name);
      expect(await squeezed(tab.getByTestId('pso-figure-size'))).toBe('1 GiB');
      expect(await squeezed(tab.getByTestId('pso-figure-limits'))).toBe('none');
      expect(await squeezed(tab.getByTestId('pso-figure-nodes'))).toContain(node);
      expect(await squeezed(tab.getByTestId('pso-placement-outcome'))).toContain(`1 GiB placed on ${array} `);
      expect(await tab.getByTestId('pso-placement-refusals').locator('li').count()).toBeGreaterThan(0);
      expect(session.pageErrors).toEqual([]);
    },
    3 * MINUTES,
  );

  it(
    'grows, gets limits and a snapshot from that page: on the array, too, and nothing else is written',
    async () => {
      await logIn('admin');
      const tab = await openTab();
      const expand = tab.getByTestId('pso-expand');
      await tab.getByTestId('pso-expand-size').fill('1');
      await expand.getByText('Volumes only grow').waitFor();
      expect(await tab.getByTestId('pso-expand-do').isDisabled()).toBe(true);
      await tab.getByTestId('pso-expand-size').fill('2');
      await expand.getByText('will ask for 2Gi instead of 1Gi').waitFor();
      await session.picture('claim-expand-light');
      await tab.getByTestId('pso-expand-do').click();
      await tab.getByTestId('pso-expand-done').waitFor({ timeout: 2 * MINUTES });
      expect((await onArray()).sizeBytes).toBe(2 * GIB);
      expect((await readClaim()).status.capacity.storage).toBe('2Gi');

      await tab.getByTestId('pso-attributes-class').click();
      await session.page.getByRole('option', { name: GOLD }).click();
      await tab.getByTestId('pso-attributes-note').getByText('iops_limit=3000').waitFor();
      await tab.getByTestId('pso-attributes-do').click();
      await tab.getByTestId('pso-attributes-done').waitFor({ timeout: 2 * MINUTES });
      expect((await onArray()).qos).toEqual({ iops: 3000, bandwidth: 100 * 2 ** 20 });

      await tab.getByTestId('pso-snapshot-name').fill(SNAPSHOT);
      await tab.getByTestId('pso-snapshot-do').click();
      await tab
        .getByTestId(`pso-snapshot-${SNAPSHOT}`)
        .getByText('Ready')
        .waitFor({ timeout: 2 * MINUTES });
      const { name, snapshots } = await onArray();
      expect(snapshots).toEqual([expect.stringContaining(name)]);

      const path = `/api/v1/namespaces/default/persistentvolumeclaims/${NAME}`;
      const change = { method: 'PATCH', path, type: 'application/merge-patch+json' };
      const metadata = { resourceVersion: expect.any(String) as unknown };
      const spec = { volumeSnapshotClassName: 'pure-snapshotclass', source: { persistentVolumeClaimName: NAME } };
      expect(writes()).toMatchObject([
        { ...change, body: { metadata, spec: { resources: { requests: { storage: '2Gi' } } } } },
        { ...change, body: { metadata, spec: { volumeAttributesClassName: GOLD } } },
        { method: 'POST', path: '/apis/snapshot.storage.k8s.io/v1/namespaces/default/volumesnapshots', body: { spec } },
      ]);
      expect(session.pageErrors).toEqual([]);
    },
    5 * MINUTES,
  );

  it(
    'is told of in both themes without a serious barrier, and so is the fleet on the overview',
    async () => {
      await logIn('admin');
      const barriers: string[] = [];
      for (const theme of THEMES) {
        await session.setTheme(theme);
        const tab = await openTab();
        await tab.getByTestId('pso-figure-snapshots').waitFor();
        expect(await squeezed(tab.getByTestId('pso-figure-size'))).toBe('2 GiB');
        expect(await squeezed(tab.getByTestId('pso-figure-limits'))).toBe('3,000 IOPS, 100 MiB/s');
        await session.picture(`claim-tab-${theme}`);
        barriers.push(...(await barriersIn(session.page, stage.artefacts.browser, '[data-testid=pso-volume-tab]')));
        const overview = await session.open('overview');
        await overview.getByTestId('pso-growth').waitFor();
        await overview.getByTestId('pso-top-busiest').getByText(`default/${NAME}`).waitFor();
        expect(await squeezed(overview.getByTestId('pso-tile-operations'))).toMatch(/^\d/u);
        await session.picture(`overview-growth-${theme}`);
        barriers.push(...(await barriersIn(session.page, stage.artefacts.browser, '[data-testid=pso-page-overview]')));
      }
      expect(barriers).toEqual([]);
    },
    4 * MINUTES,
  );

  it(
    'is shown to who may only read, and each action says which right is missing',
    async () => {
      await logIn('viewer');
      const tab = await openTab();
      for (const action of ['expand', 'attributes', 'snapshot']) {
        const button = tab.getByTestId(`pso-${action}-do`);
        expect([action, await button.isDisabled()]).toEqual([action, true]);
        expect(await button.getAttribute('title')).toMatch(
          /^You may not .*(?:persistentvolumeclaims|volumesnapshots)/u,
        );
      }
      await tab.getByTestId('pso-volume-no-figures').getByText('services/proxy').waitFor();
      expect(await squeezed(tab.getByTestId('pso-placement-words'))).toContain('GiB placed on');
    },
    4 * MINUTES,
  );
});
