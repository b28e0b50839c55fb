import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../lib/manual-clock.ts';
import { Turns } from './turns.ts';

const busy = { id: 'array-check-busy' };

describe('turns', () => {
  it('are one at a time, however long it takes', async () => {
    const clock = new ManualClock();
    const turns = new Turns(clock);
    const first = turns.take(() => clock.sleep(9000));
    await clock.advance(8000);
    await expect(turns.take(() => Promise.resolve())).rejects.toMatchObject(busy);
    await clock.advance(1000);
    await first;
    await expect(turns.take(() => Promise.resolve('next'))).resolves.toBe('next');
  });

  it('begin two seconds apart, also after a failure', async () => {
    const clock = new ManualClock();
    const turns = new Turns(clock);
    await expect(turns.take(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    await clock.advance(1999);
    await expect(turns.take(() => Promise.resolve())).rejects.toMatchObject(busy);
    await clock.advance(1);
    await expect(turns.take(() => Promise.resolve('next'))).resolves.toBe('next');
  });
});
