import { describe, expect, it } from '@jest/globals';
import { onOneProcessor, parseProcessors } from './processors.ts';

describe('processors', () => {
  it('are read from the list of the kernel', () => {
    expect(parseProcessors('0-2,5\n')).toEqual([0, 1, 2, 5]);
    expect(parseProcessors('3')).toEqual([3]);
  });

  it('go round, and one alone is left as it is', () => {
    const program = { program: 'linux', args: ['mem=1G'] };
    const pinned = (processor: string) => ({
      program: 'taskset',
      args: ['--cpu-list', processor, 'linux', 'mem=1G'],
    });
    expect([0, 1, 2].map(index => onOneProcessor(program, index, [4, 6]))).toEqual(['4', '6', '4'].map(pinned));
    expect(onOneProcessor(program, 1, [4])).toEqual(program);
  });
});
