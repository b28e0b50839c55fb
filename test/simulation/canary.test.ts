import { describe, expect, it } from '@jest/globals';
import { explain } from '../../driver/src/placement/explain.ts';
import type { PlacementReport } from '../../driver/src/orchestrator/requests.ts';
import { createRequest } from '../bench/requests.ts';
import { leaks } from '../support/canary.ts';
import { Dice } from './dice.ts';
import { NO_FAULTS } from './fault-plan.ts';
import { makeWorld } from './world.ts';

const TOKEN = 'cAnArY+/=event-7f3a&"91e2-Qz';

describe('the API token', () => {
  it('is in no decision, event or tag', async () => {
    const reports: PlacementReport[] = [];
    const dice = new Dice(1);
    const world = await makeWorld({
      dice,
      plan: NO_FAULTS,
      doubt: { windowMs: 0, gapMs: Infinity },
      scenario: {
        arrays: [
          { name: 'fa1', token: TOKEN },
          { name: 'fa2', token: TOKEN, fill: 0.95 },
        ],
      },
      onPlacement: report => void reports.push(report),
    });
    // One array refuses its token from now on: the decision has to say why it was left out.
    const [, refusing] = world.arrays;
    refusing?.faults.add({ kind: '401', pattern: 'login' });
    const driver = world.startDriver();
    const { signal } = new AbortController();
    const answers: string[] = [];
    for (const sizeBytes of [2n ** 30n, 2n ** 50n]) {
      const request = { ...createRequest(dice.uuid()), capacityRange: { requiredBytes: sizeBytes } };
      void driver.call('createVolume', request, 30_000, signal).then(answer => {
        answers.push('details' in answer ? answer.details : (answer.response.volume?.volumeId ?? ''));
      });
    }
    expect(await world.clock.run(() => answers.length === 2, 60_000)).toBe(true);
    const events = reports.map(({ decision }) => explain(decision)).join('\n');
    const texts = {
      events,
      decisions: JSON.stringify(reports),
      answers: answers.join('\n'),
      tags: JSON.stringify(world.arrays.flatMap(array => array.liveVolumes().map(({ tags }) => tags))),
    };
    expect(leaks([TOKEN], texts)).toEqual([]);
    expect(events).toContain('fa1');
    expect(texts.tags).toContain('decision');
  });
});
