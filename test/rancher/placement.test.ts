import { describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { apply, kubectl } from '../support/product/cluster.ts';
import { awaitBound, decisionOn } from '../support/product/workloads.ts';
import { barriersIn } from './support/barriers.ts';
import type { Theme } from './support/dashboard-session.ts';
import { logIn, MINUTES, session, stage, useDashboard } from './support/dashboard.ts';
import { userValues } from './support/helm-release.ts';
import type { Locator } from './support/playwright.ts';

const THEMES: readonly Theme[] = ['light', 'dark'];
const CLASS = 'designed';
const CLAIM = 'of-designed';
/** Two arrays have these labels, and one of them is too full. */
const SELECTOR = 'env=dev,tier=silver';
const ONLY_ARRAY = 'fa-berlin-3';
const MANIFEST = JSON.stringify({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: CLAIM },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: CLASS, resources: { requests: { storage: '10Gi' } } },
});

useDashboard({
  end: async () => {
    await kubectl(stage.lab, ['delete', 'pvc', CLAIM, '--ignore-not-found', '--wait=false']);
  },
  endMs: MINUTES,
});

/** Bodies of what was asked of the driver. */
const questions = (): readonly string[] =>
  session.requests
    .filter(request => request.url().includes('/proxy/v1/placement'))
    .map(request => request.postData() ?? '');
const chosen = (page: Locator): Locator =>
  page.getByTestId('pso-lab-candidates').locator('tr').filter({ hasText: 'chosen' });

describe('the placement lab', () => {
  it(
    'shows where the next claims would go on the real fleet, and on one that is imagined',
    async () => {
      await logIn('admin');
      const lab = await session.open('placement');
      await lab.getByTestId('pso-lab-picture').waitFor();
      await lab.getByTestId('pso-candidate-fa-berlin-4').getByText('full, the limit is').waitFor();
      await session.picture('placement-live-light');

      // Other classes may be there, and select by labels.
      await choose(lab.getByTestId('pso-lab-class'), 'pure-block');
      await lab.getByText('Imagined').click();
      const table = lab.getByTestId('pso-imagined');
      await table.waitFor();
      const names: string[] = [];
      for (let row = 0; row < (await table.locator('tbody tr').count()); row += 1) {
        names.push(await table.getByTestId(`pso-imagined-${row}-name`).inputValue());
      }
      const field = (row: number, name: string): Locator => table.getByTestId(`pso-imagined-${row}-${name}`);
      const only = names.indexOf(ONLY_ARRAY);
      for (const row of names.keys()) if (row !== only) await field(row, 'isDown').click();
      await field(only, 'used').fill('10');
      await field(only, 'labels').fill('site=moon');
      // An answer to what was asked before the last edit stays on the page until its own comes.
      await eventually('the answer to the last question', MINUTES, async () => {
        const isAsked = questions().at(-1)?.includes('"site":"moon"') === true;
        return isAsked && (await lab.getByTestId('pso-what-if').getAttribute('aria-busy')) === 'false';
      });
      await lab.getByText(': It does not answer.').first().waitFor();
      expect(await chosen(lab).innerText()).toContain(ONLY_ARRAY);
      expect(questions().at(-1)).toContain('"site":"moon"');
      await field(only, 'size').fill('plenty');
      await lab.getByText('Write a size like').waitFor();
      expect(session.pageErrors).toEqual([]);
    },
    3 * MINUTES,
  );
});

describe('a class that is designed', () => {
  it(
    'gets its claims where the preview said, and the recorded decision says why in the same words',
    async () => {
      await logIn('admin');
      const before = await userValues(stage.lab);
      const classes = await session.open('classes');
      await classes.getByTestId('pso-new-class').click();
      await classes.getByTestId('pso-class-name').fill(CLASS);
      await classes.getByTestId('pso-class-selector').fill(SELECTOR);
      await classes.getByTestId('pso-class-iopsLimit').fill('1');
      await classes.getByTestId('pso-what-if-refused').getByText('iops_limit="1"').waitFor();
      await classes.getByTestId('pso-class-iopsLimit').fill('5000');
      await choose(classes.getByTestId('pso-class-binding'), 'at once');
      await classes.getByTestId(`pso-candidate-${ONLY_ARRAY}`).getByText('100 %').waitFor();
      const preview = await classes.getByTestId('pso-lab-sentence').innerText();
      await session.picture('class-designed-light');
      await classes.getByTestId('pso-change-storageClasses').waitFor();
      await classes.getByTestId('pso-apply').click();
      await classes.getByTestId('pso-saved').waitFor({ timeout: 3 * MINUTES });
      const made = { name: CLASS, backend: 'block', parameters: { arraySelector: SELECTOR, iops_limit: '5000' } };
      const others = (before['storageClasses'] ?? []) as readonly object[];
      expect(await userValues(stage.lab)).toEqual({ ...before, storageClasses: [...others, made] });

      await apply(stage.lab, MANIFEST);
      await awaitBound(stage.lab, CLAIM, 3 * MINUTES);
      const recorded = await decisionOn(stage.lab, CLAIM);
      expect(withoutFigures(recorded)).toBe(withoutFigures(preview));
      expect(recorded).toContain(`placed on ${ONLY_ARRAY} `);
      const volumes = await session.open('volumes');
      await volumes.getByText(`default/${CLAIM}`).waitFor();
      expect(withoutFigures(await volumes.innerText())).toContain(withoutFigures(preview));
    },
    6 * MINUTES,
  );

  it(
    'goes by the same way, and nothing else of the values with it',
    async () => {
      await logIn('admin');
      const { storageClasses, ...others } = await userValues(stage.lab);
      const classes = await session.open('classes');
      await classes.getByTestId(`pso-class-${CLASS}`).click();
      await classes.getByTestId('pso-class-remove').click();
      await classes.getByTestId('pso-apply').click();
      await classes.getByTestId('pso-saved').waitFor({ timeout: 3 * MINUTES });
      const left = (storageClasses as readonly { readonly name: string }[]).filter(({ name }) => name !== CLASS);
      expect(await userValues(stage.lab)).toEqual(left.length > 0 ? { ...others, storageClasses: left } : others);
    },
    4 * MINUTES,
  );
});

describe('a user who may not ask', () => {
  it(
    'is told which right is missing',
    async () => {
      await logIn('viewer');
      const lab = await session.open('placement');
      await lab.getByTestId('pso-what-if-no-right').getByText('services/proxy').waitFor();
      expect(await lab.getByTestId('pso-lab-size').count()).toBe(0);
    },
    4 * MINUTES,
  );
});

describe('the pages of placement', () => {
  it.each(THEMES)(
    'have no serious barrier in %s, and their pictures',
    async theme => {
      await logIn('admin');
      await session.setTheme(theme);
      const lab = await session.open('placement');
      await lab.getByTestId('pso-lab-candidates').waitFor();
      await session.picture(`placement-${theme}`);
      const barriers = [
        ...(await barriersIn(session.page, stage.artefacts.browser, '[data-testid=pso-page-placement]')),
      ];
      await lab.getByText('Imagined').click();
      await lab.getByTestId('pso-imagined').waitFor();
      await session.picture(`placement-imagined-${theme}`);
      barriers.push(...(await barriersIn(session.page, stage.artefacts.browser, '[data-testid=pso-page-placement]')));
      const classes = await session.open('classes');
      await classes.getByTestId('pso-new-class').click();
      await classes.getByTestId('pso-lab-candidates').waitFor();
      await session.picture(`class-designer-${theme}`);
      barriers.push(...(await barriersIn(session.page, stage.artefacts.browser, '[data-testid=pso-page-classes]')));
      expect(barriers).toEqual([]);
      expect(session.pageErrors).toEqual([]);
    },
    4 * MINUTES,
  );
});

/** An option of one of the dashboard's selects, as a person chooses it. */
async function choose(select: Locator, option: string): Promise<void> {
  await select.click();
  await session.page.getByRole('option', { name: option }).click();
}

/** Between the preview and the claim the array is polled again. */
const withoutFigures = (text: string): string =>
  text
    .replace(/\s+/gu, ' ')
    .replace(/figures \d+ s old/gu, 'figures')
    .replace(/\d+(\.\d+)? %/gu, '%')
    .trim();
