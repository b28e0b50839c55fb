import { describe, expect, it } from '@jest/globals';
import { ManualClock, settle } from '../../../test/support/manual-clock.ts';
import { PriorityQueue, type Patience, type Priority } from './queue.ts';

interface Job {
  readonly name: string;
  readonly finish: () => void;
}

/** A queue whose tasks end when the test says so. */
function setUp(limit = 1) {
  const clock = new ManualClock();
  const queue = new PriorityQueue('fa1', clock, limit);
  const running: Job[] = [];
  const started: string[] = [];
  const add = (name: string, priority: Priority, patience: Partial<Patience> & { withinMs?: number } = {}) =>
    queue
      .run(
        priority,
        {
          deadlineMs: clock.nowMs() + (patience.withinMs ?? 60_000),
          signal: patience.signal ?? new AbortController().signal,
        },
        () =>
          new Promise<void>(resolve => {
            started.push(name);
            running.push({ name, finish: resolve });
          }),
      )
      .then(
        () => 'done',
        (error: unknown) => (error as { failure: string }).failure,
      );
  const finishNext = async (): Promise<void> => {
    running.shift()?.finish();
    await settle();
  };
  return { clock, queue, started, running, add, finishNext };
}

describe('PriorityQueue', () => {
  it('runs the most urgent first, and the oldest of a class first', async () => {
    const { started, add, finishNext } = setUp();
    void add('first', 'poll');
    for (const priority of ['poll', 'create', 'delete', 'attach', 'create', 'detach', 'expand', 'snapshot'] as const) {
      void add(priority, priority);
    }
    for (let index = 0; index < 9; index += 1) await finishNext();
    expect(started).toEqual(['first', 'detach', 'attach', 'expand', 'create', 'create', 'delete', 'snapshot', 'poll']);
  });

  it('runs no more than its limit at once', async () => {
    const { running, add } = setUp(16);
    for (let index = 0; index < 40; index += 1) void add(String(index), 'create');
    await settle();
    expect(running).toHaveLength(16);
  });

  it('lets nothing starve: a poll gets its turn in an endless stream of attaches', async () => {
    const { clock, started, add, finishNext } = setUp();
    void add('busy', 'attach');
    void add('poll', 'poll', { withinMs: 120_000 });
    for (let second = 0; second < 90 && !started.includes('poll'); second += 1) {
      void add('attach', 'attach');
      await clock.advance(1_000);
      await finishNext();
    }
    expect(started).toContain('poll');
  });

  it('tells a waiting call when its time is over, though nothing returns', async () => {
    const { clock, add } = setUp();
    void add('hangs', 'create');
    const waiting = add('waits', 'create', { withinMs: 2_000 });
    await clock.advance(2_200);
    expect(await waiting).toBe('timeout');
  });

  it('forgets a call whose caller has gone', async () => {
    const { clock, started, add, finishNext } = setUp();
    const gone = new AbortController();
    void add('hangs', 'create');
    const waiting = add('waits', 'create', { signal: gone.signal });
    gone.abort();
    await clock.advance(200);
    await finishNext();
    expect(await waiting).toBe('cancelled');
    expect(started).toEqual(['hangs']);
  });

  it('refuses at once what cannot be served in time, and takes what is urgent enough', async () => {
    const { clock, add, finishNext } = setUp();
    void add('one', 'create');
    await clock.advance(1_000);
    await finishNext();
    void add('two', 'create');
    for (let index = 0; index < 20; index += 1) void add('queued', 'create');
    expect(await add('late', 'create', { withinMs: 5_000 })).toBe('busy');
    const urgent = add('urgent', 'detach', { withinMs: 5_000 });
    await finishNext();
    await finishNext();
    expect(await urgent).toBe('done');
  });

  it('sends nothing while the array asked for a pause, then half as much, then more again', async () => {
    const { clock, queue, running, add, finishNext } = setUp(8);
    queue.overloaded(3_000);
    for (let index = 0; index < 20; index += 1) void add(String(index), 'create');
    await clock.advance(2_900);
    expect(running).toHaveLength(0);
    await clock.advance(200);
    expect(running).toHaveLength(4);
    for (let index = 0; index < 30; index += 1) queue.succeeded();
    await finishNext();
    expect(running).toHaveLength(8);
  });

  it('refuses everybody once closed', async () => {
    const { queue, add } = setUp();
    void add('runs', 'create');
    const waiting = add('waits', 'create');
    queue.close();
    expect(await waiting).toBe('closed');
    expect(await add('late', 'create')).toBe('closed');
  });
});
