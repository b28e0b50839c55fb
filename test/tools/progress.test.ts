import { describe, expect, it } from '@jest/globals';
import { duration, LineProgress } from './progress.ts';

describe('progress', () => {
  it('says how long each build ran, how long it will take and what it does', () => {
    let now = 0;
    const lines: string[] = [];
    using progress = new LineProgress({ write: text => lines.push(text) }, () => now);
    progress.started('kernel', 'Linux', 300, '/tmp/k.log');
    progress.started('tools', 'Go', 20, '/tmp/t.log');
    progress.note('kernel', 'compiling');
    now = 70_000;
    expect(progress.status()).toBe(
      'kernel 1 min 10 s, about 3 min 50 s left (compiling) · tools 1 min 10 s, longer than expected',
    );
    progress.finished('tools', 70);
    progress.failed('kernel');
    expect(progress.status()).toBe('');
    expect(lines).toEqual([
      'building kernel (Linux), about 5 min 0 s; log: /tmp/k.log\n',
      'building tools (Go), about 20 s; log: /tmp/t.log\n',
      'built tools in 1 min 10 s\n',
      'failed: kernel\n',
    ]);
  });

  it('rounds durations', () => {
    expect([duration(0.4), duration(59.6), duration(185)]).toEqual(['0 s', '1 min 0 s', '3 min 5 s']);
  });
});
