import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ArrayState } from '../domain/array.ts';
import { GiB, TiB } from '../domain/bytes.ts';
import { seededRandom } from '../lib/random.ts';
import { DEFAULT_POLICY } from './framework.ts';
import type { PlacementInput } from './place.ts';
import { place } from './place.ts';
import { chances, placeInTurn, tellClaim } from './what-if.ts';

const NOW = 1_000_000;

/** 100 TiB, `used` of them in use. */
function array(name: string, used: number): ArrayState {
  return {
    settings: { endpoint: name, kind: 'flasharray', labels: {}, cordoned: false },
    observation: {
      identity: { id: name, name, kind: 'flasharray', model: '', purityVersion: '', restVersion: '' },
      capacity: { totalBytes: 100 * TiB, usedBytes: used * TiB, provisionedBytes: null },
      load: null,
      protocols: ['iscsi'],
      supportsQos: true,
      warnings: [],
      observedAtMs: NOW,
    },
    trouble: null,
  };
}

const input = (arrays: readonly ArrayState[], changes: Partial<PlacementInput> = {}): PlacementInput => ({
  request: {
    name: 'x',
    sizeBytes: 100 * GiB,
    kinds: ['flasharray'],
    selector: [],
    preferred: [],
    topology: { requisite: [], preferred: [] },
    protocols: ['iscsi'],
    needsQos: false,
  },
  policy: DEFAULT_POLICY,
  snapshot: { takenAtMs: NOW, arrays },
  reserved: {},
  nowMs: NOW,
  random: seededRandom(1),
  ...changes,
});

/** Whole numbers, so that equals are frequent. */
const fleets = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 6 }).map(list => list.map((used, index) => array(`a${index}`, used))); // prettier-ignore

/** Every pair of draws that `n` near-equals allow, each once. */
function everyDraw(n: number): readonly (readonly [number, number])[] {
  const middles = (count: number) => Array.from({ length: count }, (_, index) => (index + 0.5) / count);
  return middles(n).flatMap(first => middles(n - 1).map(second => [first, second] as const));
}

describe('chances', () => {
  it('are what every possible draw leads to', () => {
    fc.assert(
      fc.property(fleets, arrays => {
        const told = chances(place(input(arrays)));
        const draws = told.size < 2 ? [[0, 0] as const] : everyDraw(told.size);
        const seen = new Map<string, number>();
        for (const pair of draws) {
          const left = [...pair];
          const { chosen } = place(input(arrays, { random: () => left.shift() ?? 0 }));
          if (chosen !== null) seen.set(chosen, (seen.get(chosen) ?? 0) + 1 / draws.length);
        }
        for (const { settings } of arrays) {
          expect(told.get(settings.endpoint) ?? 0).toBeCloseTo(seen.get(settings.endpoint) ?? 0, 9);
        }
      }),
    );
  });
});

describe('claims in turn', () => {
  it('fill an array up to the limit and are then refused in words', () => {
    const [first, ...others] = placeInTurn(
      input([array('only', 89)], { request: { ...input([]).request, sizeBytes: TiB } }),
      4,
    );
    expect(first?.chosen).toBe('only');
    expect(others.map(({ chosen }) => chosen)).toEqual(['only', null, null]);
    expect(tellClaim(others[2] ?? place(input([]))).sentence).toMatch(/No array fits 1 TiB\. only: .*90 %/);
  });

  it('see what those before them promised, and what was promised before the first', () => {
    const reserved = { a: { bytes: 60 * TiB, volumes: 1 } };
    const decisions = placeInTurn(input([array('a', 10), array('b', 10)], { reserved }), 3);
    expect(decisions.map(({ chosen }) => chosen)).toEqual(['b', 'b', 'b']);
    expect(decisions[2]?.reserved).toEqual({ ...reserved, b: { bytes: 100 * GiB, volumes: 2 } });
  });
});
