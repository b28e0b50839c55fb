import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { WhatIfAnswer } from '../../../driver/src/placement/what-if-answer.ts';
import { readQuestion } from '../../../driver/src/preview/read-question.ts';
import { fleetBars, homeless } from './fleet-bars.ts';
import { parseSize } from './quantity.ts';
import { candidateRows, imagine, labProblems, type LabForm, NEW_LAB, newLabArray, parsePairs, toQuestion } from './what-if.ts'; // prettier-ignore

const TIB = 1024 ** 4;
const scores = { space: 0.254, load: 0.1, provisioned: 0, cost: 0.3 };
const refusal = { filter: 'labels', class: 'kind', sentence: 'It has no label env, asked for: env=dev.' } as const;
const array = (endpoint: string, usedBytes: number | null, more: object = {}) => ({
  endpoint,
  name: endpoint.toUpperCase(),
  kind: 'flasharray' as const,
  labels: { env: 'dev', site: 'x' },
  cordoned: false,
  trouble: null,
  capacity: usedBytes === null ? null : { totalBytes: 20 * TIB, usedBytes, provisionedBytes: null },
  load: null,
  protocols: ['iscsi' as const],
  dataAgeMs: 0,
  supportsQos: true,
  reserved: { bytes: 0, volumes: 0 },
  ...more,
});
const fits = (endpoint: string, chance: number) => ({ endpoint, refusal: null, scores, tier: 0, chance });

const answer: WhatIfAnswer = {
  seed: 1,
  isImagined: false,
  sizeBytes: 2 * TIB,
  expectedBytes: TIB,
  maxUsedPercent: 90,
  arrays: [
    array('a', 5 * TIB, { reserved: { bytes: 2 * TIB, volumes: 1 } }),
    array('b', 19.75 * TIB),
    array('c', null, { trouble: 'It is away.' }),
    array('d', 0),
  ],
  claims: [
    {
      chosen: 'b',
      runnerUp: 'a',
      sentence: 'placed',
      candidates: [fits('a', 0.25), fits('b', 0.75), { ...fits('c', 0), refusal, scores: null }, fits('d', 0)],
    },
    { chosen: 'a', runnerUp: 'd', sentence: 'placed', candidates: [fits('a', 1), fits('b', 0.5), fits('d', 0)] },
    { chosen: null, runnerUp: null, sentence: 'No array fits.', candidates: [] },
  ],
};

describe('sizes', () => {
  it.each([
    ['15Gi', 15 * 1024 ** 3],
    [' 1.5 TiB ', 1.5 * TIB],
    ['500M', 500e6],
    ['1024', 1024],
    ['0', null],
    ['-1Gi', null],
    ['10 apples', null],
    ['', null],
    ['9999999Pi', null],
  ])('%p is %p', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });
});

describe('a question', () => {
  const form = (change: Partial<LabForm>): LabForm => ({ ...NEW_LAB, ...change });

  it('holds what was set and nothing else', () => {
    expect(toQuestion(NEW_LAB)).toEqual({ parameters: {}, sizeBytes: 10 * 1024 ** 3, count: 10 });
    const zone = { 'topology.kubernetes.io/zone': 'a' };
    expect(toQuestion(form({ topology: 'topology.kubernetes.io/zone=a', seed: 7, attributes: { iops_limit: '100' } }))).toMatchObject({
      topology: { requisite: [zone], preferred: [zone] },
      seed: 7,
      attributes: { iops_limit: '100' },
    }); // prettier-ignore
  });

  it.each<[Partial<LabForm>, string]>([
    [{ size: 'much' }, 'size'],
    [{ count: '0' }, 'count'],
    [{ count: '101' }, 'count'],
    [{ count: '1.5' }, 'count'],
    [{ topology: 'zone' }, 'topology'],
  ])('is not asked while %j', (change, field) => {
    expect(labProblems(form(change)).map(problem => problem.field)).toEqual([field]);
    expect(toQuestion(form(change))).toBeNull();
  });

  it('of an imagined fleet names row and field of what cannot be', () => {
    const good = newLabArray([]);
    const arrays = [good, { ...good, size: 'x', used: '101', latency: '-1', labels: 'env' }, { ...good, name: '' }];
    expect(labProblems(form({ isImagined: true, arrays }))).toEqual([
      { field: 'name', row: 1, rule: 'twice' },
      { field: 'size', row: 1, rule: 'size' },
      { field: 'used', row: 1, rule: 'percent' },
      { field: 'latency', row: 1, rule: 'latency' },
      { field: 'labels', row: 1, rule: 'pairs' },
      { field: 'name', row: 2, rule: 'name' },
    ]);
    expect(labProblems(form({ isImagined: false, arrays }))).toEqual([]);
  });

  it('is understood by the driver, whatever the real fleet was that it started from', () => {
    const bytes = fc.integer({ min: 1, max: 5000 }).map(tenths => (tenths * TIB) / 10);
    fc.assert(
      fc.property(fc.uniqueArray(bytes, { maxLength: 5 }), fc.double({ min: 0, max: 1.2, noNaN: true }), (sizes, share) => {
        const fleet = sizes.map((totalBytes, index) =>
          array(`a${index}`, null, {
            capacity: { totalBytes, usedBytes: Math.floor(totalBytes * share), provisionedBytes: null },
            load: { iops: 1, bytesPerSecond: 1, latencyMicroseconds: 512.3456, queueMicroseconds: 0 },
          }),
        );
        const question = toQuestion(form({ isImagined: true, arrays: imagine(fleet) }));
        const { imagined } = readQuestion(JSON.stringify(question));
        // As it is written for people, a size has two or three digits.
        for (const [index, size] of sizes.entries()) {
          expect((imagined?.[index]?.capacity.totalBytes ?? 0) / size).toBeCloseTo(1, 1);
        }
        expect(imagined?.map(({ labels }) => labels)).toEqual(sizes.map(() => ({ env: 'dev', site: 'x' })));
      }),
    ); // prettier-ignore
  });

  it('takes an array that was never reached as one that is away', () => {
    const [, , away] = imagine(answer.arrays);
    expect(away).toMatchObject({ name: 'C', isDown: true, used: '0' });
    const question = toQuestion(form({ isImagined: true, arrays: [away ?? newLabArray([])] }));
    expect(readQuestion(JSON.stringify(question)).imagined?.[0]?.trouble).toBe('It does not answer.');
  });

  it('gives new arrays names of their own', () => {
    const first = newLabArray([]);
    expect(newLabArray([{ ...first, name: 'new-2' }]).name).toBe('new-3');
  });

  it('reads pairs with blanks, and nothing else', () => {
    expect(parsePairs(' a = b , c=')).toEqual({ a: 'b', c: '' });
    expect(parsePairs('')).toEqual({});
    expect(parsePairs('a=b=c')).toBeNull();
  });
});

describe('an answer', () => {
  it('lists candidates with what each got, the refused last', () => {
    expect(candidateRows(answer, 0)).toEqual([
      { endpoint: 'b', name: 'B', verdict: 'chosen', reason: '', space: 25.4, load: 10, chance: 75 },
      { endpoint: 'a', name: 'A', verdict: 'runner-up', reason: '', space: 25.4, load: 10, chance: 25 },
      { endpoint: 'd', name: 'D', verdict: 'fits', reason: '', space: 25.4, load: 10, chance: 0 },
      { endpoint: 'c', name: 'C', verdict: 'refused', reason: refusal.sentence, space: null, load: null, chance: 0 },
    ]);
    expect(candidateRows(answer, 1).map(({ verdict }) => verdict)).toEqual(['chosen', 'runner-up', 'possible']);
    expect(candidateRows(answer, 9)).toEqual([]);
  });

  it('is drawn as bars that never leave their frame', () => {
    const [a, b, c] = fleetBars(answer, 0);
    expect(a).toMatchObject({ name: 'A', used: 0.25, reserved: 0.1, added: 0.05, claims: [2], refusal: '' });
    expect(b).toMatchObject({ used: 0.9875, claims: [1] });
    expect((b?.used ?? 0) + (b?.added ?? 0)).toBeCloseTo(1, 9);
    expect(c).toMatchObject({ used: 0, added: 0, claims: [], refusal: refusal.sentence, totalBytes: null });
    expect(homeless(answer)).toBe(1);
  });
});
