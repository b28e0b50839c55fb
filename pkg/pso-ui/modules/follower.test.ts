import { describe, expect, it } from '@jest/globals';
import { Follower, type FollowedState } from './follower.ts';

const MINUTE = 60_000;

/** Looks that answer one after the other, the last one for ever, and a clock that sleeping moves. */
function following(...answers: readonly (boolean | Error)[]) {
  const seen = { looks: 0, states: [] as FollowedState[], nowMs: 0 };
  const look = (): Promise<boolean> => {
    const answer = answers[Math.min(seen.looks, answers.length - 1)];
    seen.looks += 1;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer === true);
  };
  const clock = {
    now: () => seen.nowMs,
    sleep: async (ms: number): Promise<void> => {
      seen.nowMs += ms;
      await Promise.resolve();
    },
  };
  const follower = new Follower(look, state => seen.states.push(state), clock);
  return { follower, seen };
}

describe('following', () => {
  it('looks until it has ended, also after a look that failed', async () => {
    const { follower, seen } = following(new Error('away'), false, true);
    await follower.follow();
    expect(seen.looks).toBe(3);
    expect(seen.states).toEqual([
      { isFollowing: true, isLate: false },
      { isFollowing: false, isLate: false },
    ]);
  });

  it('ends after ten minutes, and says that it is late', async () => {
    const { follower, seen } = following(false);
    await follower.follow();
    expect(seen.nowMs).toBe(10 * MINUTE);
    expect(seen.states.at(-1)).toEqual({ isFollowing: false, isLate: true });
  });

  it('of two at a time goes on with the later one alone', async () => {
    const { follower, seen } = following(false, false, true);
    await Promise.all([follower.follow(), follower.follow()]);
    expect(seen.looks).toBe(3);
    expect(seen.states.filter(({ isFollowing }) => !isFollowing)).toHaveLength(1);
  });

  it('ends when the page is left, and what begins afterwards begins nothing', async () => {
    const { follower, seen } = following(false);
    const running = follower.follow();
    follower.close();
    await running;
    expect(seen.looks).toBe(1);
    await follower.follow();
    expect(seen.looks).toBe(1);
    expect(seen.states).toHaveLength(1);
  });
});
