import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CheckedArray } from '../../driver/src/domain/array-check.ts';
import type { CheckBody } from '../../pkg/pso-ui/modules/array-check.ts';
import { ensure } from '../tools/ensure.ts';
import { MountedComponent } from './support/component.ts';
import { uiModules } from './ui-artefacts.ts';

const MINUTES = 60_000;
/** Components are compiled first. */
jest.setTimeout(MINUTES);

interface Properties {
  body: () => CheckBody | null;
  ask: (body: CheckBody) => Promise<object>;
  edition: string;
  readonly name: string;
  missing: string;
}
const TIB = 1024 ** 4;
const FOUND: CheckedArray = {
  state: 'answered',
  endpoint: 'fa1.example',
  name: 'fa1',
  kind: 'flasharray',
  model: 'FA-X70R3',
  purityVersion: '6.6.11',
  restVersion: '2.44',
  protocols: ['iscsi'],
  portals: [{ protocol: 'iscsi', address: '10.0.0.10:3260', isAllowed: true }],
  nodeProtocol: 'iscsi',
  capacity: { totalBytes: 20 * TIB, usedBytes: 5 * TIB, provisionedBytes: null },
  account: null,
  isSavedToken: false,
  warnings: [],
};

describe('the test of a connection', () => {
  let modules: string;
  let check: MountedComponent<Properties>;
  let asked: CheckBody[];
  let answers: ((answer: object) => void)[];

  beforeAll(async () => {
    modules = await ensure(uiModules);
  }, 20 * MINUTES);
  beforeEach(async () => {
    asked = [];
    answers = [];
    check = await MountedComponent.mount(modules, 'components/ArrayCheck.vue', {
      body: () => ({ FlashArrays: [{ MgmtEndPoint: 'fa1.example' }] }),
      ask: body => {
        asked.push(body);
        return new Promise(resolve => answers.push(resolve));
      },
      edition: '1',
      name: 'fa1.example',
      missing: '',
    });
  });
  const press = (): Promise<void> => check.click('pso-array-check-ask');
  const answer = async (given: object): Promise<void> => {
    answers.at(-1)?.(given);
    await new Promise(resolve => setImmediate(resolve));
    await check.change({});
  };
  const isDisabled = (): boolean => check.find('pso-array-check-ask')?.getAttribute('disabled') !== null;

  it('asks at the click, is busy meanwhile, and shows what was found', async () => {
    expect(check.find('pso-array-check-ask')?.getAttribute('aria-label')).toContain('fa1.example');
    expect(asked).toEqual([]);
    await press();
    expect(asked).toEqual([{ FlashArrays: [{ MgmtEndPoint: 'fa1.example' }] }]);
    expect(isDisabled()).toBe(true);
    await answer(FOUND);
    expect(isDisabled()).toBe(false);
    expect(check.text('pso-found-capacity')).toBe('5 TiB / 20 TiB (25 %)');
    expect(check.find('pso-array-check-warnings')).toBeUndefined();
    await press();
    await answer({ ...FOUND, warnings: ['It is old.'] });
    expect(check.text('pso-array-check-warnings')).toBe('It is old.');
  });

  it('shows the sentence of the driver, and none for an entry that was changed since', async () => {
    await press();
    await answer({ state: 'refused', endpoint: 'fa1.example', sentence: 'It refused the token.', reference: '' });
    expect(check.text('pso-array-check-refused')).toBe('It refused the token.');
    await check.change({ edition: '2' });
    expect(check.find('pso-array-check-refused')).toBeUndefined();
    await press();
    await check.change({ edition: '3' });
    expect(isDisabled()).toBe(false);
    await answer(FOUND);
    expect(check.find('pso-array-check-answered')).toBeUndefined();
  });

  it('asks nobody about an entry that is not complete', async () => {
    await check.change({ body: () => null });
    await press();
    expect(asked).toEqual([]);
    expect(check.text('pso-array-check-incomplete')).toBe('pso.fleet.check.incomplete');
  });

  it('names the right that is missing, whether it is known before or found by asking', async () => {
    await press();
    await answer({ state: 'no-right', reason: '403' });
    expect(isDisabled()).toBe(true);
    expect(check.find('pso-array-check-ask')?.getAttribute('title')).toBe('pso.fleet.check.states.no-right');
    await check.change({ missing: 'pso.right.secrets' });
    expect(check.find('pso-array-check-ask')?.getAttribute('title')).toBe('pso.right.secrets');
  });
});
