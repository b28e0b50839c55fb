import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ensure } from '../tools/ensure.ts';
import type { WhatIfAnswer } from '../../driver/src/placement/what-if-answer.ts';
import type { LabArray, LabProblem } from '../../pkg/pso-ui/modules/what-if.ts';
import { MountedComponent } from './support/component.ts';
import { uiModules } from './ui-artefacts.ts';

const MINUTES = 60_000;
const TIB = 1024 ** 4;
/** Components are compiled first. */
jest.setTimeout(MINUTES);

let modules: string;
beforeAll(async () => {
  modules = await ensure(uiModules);
}, 20 * MINUTES);

describe('the table of an imagined fleet', () => {
  interface Properties {
    arrays: readonly LabArray[];
    problems: readonly LabProblem[];
    readonly onUpdate: (arrays: readonly LabArray[]) => void;
  }
  const dev: LabArray = {
    name: 'dev', kind: 'flasharray', size: '20Ti', used: '10', latency: '0.5', labels: 'env=dev', isCordoned: false, isDown: false,
  }; // prettier-ignore

  const mount = async (): Promise<MountedComponent<Properties>> => {
    const table: MountedComponent<Properties> = await MountedComponent.mount(modules, 'components/ImaginedFleet.vue', {
      arrays: [dev],
      problems: [],
      onUpdate: (arrays: readonly LabArray[]) => void (table.properties.arrays = arrays),
    });
    return table;
  };

  it('changes one field of one array, adds and removes', async () => {
    const table = await mount();
    await table.type('pso-imagined-0-used', '80');
    expect(table.properties.arrays).toEqual([{ ...dev, used: '80' }]);
    await table.click('pso-imagined-0-isDown');
    expect(table.properties.arrays[0]?.isDown).toBe(true);
    await table.click('pso-imagined-add');
    expect(table.properties.arrays.map(({ name }) => name)).toEqual(['dev', 'new-2']);
    await table.click('pso-imagined-0-remove');
    expect(table.find('pso-imagined-0-name')?.value).toBe('new-2');
  });

  it('marks the field that cannot be, and says so', async () => {
    const table = await mount();
    await table.change({ problems: [{ field: 'size', row: 0, rule: 'size' }] });
    expect(table.find('pso-imagined-0-size')?.getAttribute('aria-invalid')).toBe('true');
    expect(table.find('pso-imagined-0-used')?.getAttribute('aria-invalid')).toBe('false');
    expect(table.find('pso-imagined')?.textContent).toContain('pso.lab.problems.size');
  });
});

describe('the picture of the fleet', () => {
  const array = (endpoint: string, usedBytes: number): WhatIfAnswer['arrays'][number] => ({
    endpoint,
    name: endpoint,
    kind: 'flasharray',
    labels: {},
    cordoned: false,
    trouble: null,
    capacity: { totalBytes: 20 * TIB, usedBytes, provisionedBytes: null },
    load: null,
    protocols: [],
    dataAgeMs: 0,
    supportsQos: true,
    reserved: { bytes: 0, volumes: 0 },
  });
  const claim = { chosen: 'a', runnerUp: null, sentence: '', candidates: [] };
  const answer: WhatIfAnswer = {
    seed: 1,
    isImagined: false,
    sizeBytes: TIB,
    expectedBytes: TIB / 2,
    maxUsedPercent: 90,
    arrays: [array('a', 5 * TIB), array('b', 0)],
    claims: Array.from({ length: 12 }, () => claim),
  };

  it('says in words what it shows, and counts what it has no room for', async () => {
    const picture = await MountedComponent.mount(modules, 'components/FleetPicture.vue', { answer, selected: 0 });
    expect(picture.find('pso-lab-bars')?.getAttribute('aria-label')).toBe('pso.lab.landed a 12 pso.lab.landed b 0');
    expect(picture.find('pso-lab-picture')?.textContent).toContain('pso.lab.all 12');
    expect(picture.find('pso-bar-a-added')?.getAttribute('width')).toBe(String((380 * 6) / 20));
    expect(picture.find('pso-bar-b-added')).toBeUndefined();
  });
});
