import { describe, expect, it } from '@jest/globals';
import { followOperation, type Look } from './follow-operation.ts';

const BEFORE = 3;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

const look = (version: number, status = 'deployed', more: Partial<Extract<Look, { log: string }>> = {}): Look => ({
  app: {
    metadata: { name: 'pure-pso', namespace: 'storage' },
    spec: {
      version,
      name: 'pure-pso',
      chart: { metadata: { name: 'pure-pso', version: '0.1.0' } },
      info: { status, description: `revision ${version}` },
    },
  },
  operation: null,
  log: '',
  hasLogEnded: false,
  ...more,
});
const running = look(BEFORE);
const done = look(BEFORE + 1);
const gone = look(BEFORE, 'deployed', { app: null });
const away: Look = { failure: '502 Bad Gateway' };
const refused = look(BEFORE, 'deployed', { operation: { metadata: { state: { error: true, message: 'denied' } } } });

const times = (count: number, one: Look): readonly Look[] => Array.from({ length: count }, () => one);

/** Looks that show one after the other, the last one for ever, and a clock that sleeping moves. */
async function followed(looks: readonly Look[], leftAtMs = Infinity) {
  const seen = { looks: 0, nowMs: 0 };
  const clock = {
    now: () => seen.nowMs,
    sleep: (ms: number): Promise<void> => {
      seen.nowMs += ms;
      return Promise.resolve();
    },
  };
  const following = {
    before: BEFORE,
    isWanted: () => seen.nowMs < leftAtMs,
    look: (): Promise<Look> => {
      const found = looks[Math.min(seen.looks, looks.length - 1)] ?? running;
      seen.looks += 1;
      return Promise.resolve(found);
    },
  };
  return { ending: await followOperation(following, clock), ...seen };
}

describe('an operation of Helm that is followed', () => {
  it.each<[string, readonly Look[], object]>([
    ['ends well', [running, look(BEFORE + 1, 'pending-upgrade'), done], { state: 'done' }],
    ['fails', [running, look(BEFORE + 1, 'failed')], { state: 'failed', message: 'revision 4' }],
    ['fails before a revision', [refused], { state: 'failed', message: 'denied' }],
    ['fails with a revision that comes late', [refused, look(BEFORE + 1, 'failed')], { message: 'revision 4' }],
    [
      'fails in its log alone',
      [running, look(BEFORE, 'deployed', { log: 'Error: no right', hasLogEnded: true })],
      { state: 'failed', message: 'Error: no right' },
    ],
  ])('%s', async (_name, looks, ending) => {
    expect((await followed(looks)).ending).toMatchObject(ending);
  });

  it('waits no longer than six seconds for the revision of what failed', async () => {
    expect((await followed([refused])).nowMs).toBe(8 * SECOND);
  });

  it('goes on after looks that failed', async () => {
    expect((await followed([away, running, away, away, done])).ending).toEqual({ state: 'done' });
    const twice = [...times(29, away), running, ...times(29, away), done];
    expect((await followed(twice)).ending).toEqual({ state: 'done' });
  });

  it('is not told as failed when nobody answers for a minute', async () => {
    const { ending, nowMs } = await followed([running, away]);
    expect(ending).toEqual({ state: 'lost', message: '502 Bad Gateway' });
    expect(nowMs).toBe(MINUTE + 4 * SECOND);
  });

  it('is told apart from a release that is gone, and a few looks without it are no proof', async () => {
    expect((await followed([running, gone])).ending).toEqual({ state: 'gone' });
    const again = [...times(9, gone), running, ...times(9, gone), away, ...times(9, gone), done];
    expect((await followed(again)).ending).toEqual({ state: 'done' });
  });

  it('is left alone after a quarter of an hour', async () => {
    const { ending, nowMs } = await followed([running]);
    expect(ending).toEqual({ state: 'lost', message: 'It did not end within 15 minutes.' });
    expect(nowMs).toBe(15 * MINUTE);
  });

  it('is not looked at once its page is left', async () => {
    const { ending, looks } = await followed([running], 10 * SECOND);
    expect(ending).toMatchObject({ state: 'lost' });
    expect(looks).toBe(4);
  });
});
