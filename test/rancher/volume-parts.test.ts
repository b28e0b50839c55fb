import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { fleetGrowth, type Growth } from '../../pkg/pso-ui/modules/growth.ts';
import { ensure } from '../tools/ensure.ts';
import { MountedComponent } from './support/component.ts';
import { uiModules } from './ui-artefacts.ts';

const MINUTES = 60_000;
/** Components are compiled first. */
jest.setTimeout(MINUTES);

const DAY = 24 * 3600_000;
const GIB = 2 ** 30;
const growing = (days: number): Growth => {
  const history = Array.from({ length: days }, (_, day) => ({
    atMs: Date.UTC(2026, 9, 1) + day * DAY,
    usedBytes: (10 + day) * GIB,
    totalBytes: 100 * GIB,
  }));
  const growth = fleetGrowth([{ endpoint: 'a', name: 'a', history, largest: [], busiest: [], trouble: null }]);
  if (growth === null) throw new Error('There is no growth.');
  return growth;
};

let modules: string;
beforeAll(async () => {
  modules = await ensure(uiModules);
}, 20 * MINUTES);

describe('the picture of growth', () => {
  it('says in words what it shows, and when all is full only where a week or more tells', async () => {
    const chart = await MountedComponent.mount(modules, 'components/GrowthChart.vue', { growth: growing(11) });
    expect(chart.text('pso-growth-summary')).toContain('10 GiB 20 GiB 100 GiB');
    expect(chart.text('pso-growth-full')).toBe('pso.growth.full 80 1 GiB');
    await chart.change({ growth: growing(5) });
    expect(chart.find('pso-growth-full')).toBeUndefined();
  });
});

describe('the words on a placement', () => {
  it("are the event's in parts, else what the array keeps of the decision, else that nobody knows", async () => {
    const words = await MountedComponent.mount(modules, 'components/PlacementWords.vue', {
      sentence: '1 GiB placed on fa-1. Runner-up: fa-2. Refused: fa-3: It is full.',
      kept: 'fa-1 cost 0.1',
      arrays: ['fa-1', 'fa-2', 'fa-3'],
      isRefused: false,
    });
    expect(words.text('pso-placement-outcome')).toBe('1 GiB placed on fa-1.');
    expect(words.text('pso-placement-refusals')).toBe('fa-3: It is full.');
    await words.change({ sentence: 'Written in another way.' });
    expect(words.text('pso-placement-words')).toBe('Written in another way.');
    await words.change({ sentence: '' });
    expect(words.text('pso-placement-kept')).toBe('pso.figures.kept fa-1 cost 0.1');
    await words.change({ kept: '' });
    expect(words.text('pso-placement-words')).toBe('pso.volumes.forgotten');
  });
});
