import { expect, it } from '@jest/globals';
import { closingLine, report } from './report.ts';

const results = [
  { layer: 'unit', passed: 10, failed: 0, skipped: 0, remarks: [], seconds: 1 },
  { layer: 'lab', passed: 2, failed: 1, skipped: 3, remarks: ['moves the pod: expected n2'], seconds: 2.25 },
];

it('ends with the plain closing line', () => {
  expect(report(results).split('\n').at(-1)).toBe('12 passed, 1 failed, 3 skipped');
  expect(closingLine(results.slice(0, 1))).toBe('10 passed, 0 failed');
});

it('puts the reason under its layer', () => {
  const lines = report(results).split('\n');
  expect(lines[lines.findIndex(line => line.startsWith('lab')) + 1]).toContain('moves the pod');
});
