import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ArrayKind, ArrayState } from '../domain/array.ts';
import { GiB, TiB } from '../domain/bytes.ts';
import { seededRandom } from '../lib/random.ts';
import { decisionJson, explain, refusalError, shortDecision } from './explain.ts';
import type { PlacementRequest } from './framework.ts';
import { DEFAULT_POLICY } from './framework.ts';
import { parseLabelSelector } from './label-selector.ts';
import type { Decision } from './place.ts';
import { place, replay } from './place.ts';

interface Wish {
  readonly used?: number;
  readonly latency?: number;
  readonly labels?: Record<string, string>;
  readonly cordoned?: boolean;
  readonly trouble?: string;
  readonly supportsQos?: boolean;
  readonly ageMs?: number;
}

const NOW = 1_000_000;

/** 100 TiB, used percent and latency as wished. */
function array(name: string, wish: Wish = {}): ArrayState {
  return {
    settings: {
      endpoint: `${name}.example`,
      kind: 'flasharray',
      labels: wish.labels ?? {},
      cordoned: wish.cordoned ?? false,
    },
    observation: {
      identity: { id: name, name, kind: 'flasharray', model: 'FA-X70R4', purityVersion: '6.7.0', restVersion: '2.36' },
      capacity: { totalBytes: 100 * TiB, usedBytes: (wish.used ?? 10) * TiB, provisionedBytes: null },
      load: { iops: 0, bytesPerSecond: 0, latencyMicroseconds: wish.latency ?? 0, queueMicroseconds: 0 },
      protocols: ['iscsi'],
      supportsQos: wish.supportsQos ?? true,
      warnings: [],
      observedAtMs: NOW - (wish.ageMs ?? 1000),
    },
    trouble: wish.trouble ?? null,
  };
}

const request = (changes: Partial<PlacementRequest> = {}): PlacementRequest => ({
  name: 'pvc-1',
  sizeBytes: 100 * GiB,
  kinds: ['flasharray', 'cloud-block-store'],
  selector: [],
  preferred: [],
  topology: { requisite: [], preferred: [] },
  protocols: ['iscsi'],
  needsQos: false,
  ...changes,
});

const run = (arrays: readonly ArrayState[], changes: Partial<PlacementRequest> = {}, seed = 1): Decision =>
  place({
    request: request(changes),
    policy: DEFAULT_POLICY,
    snapshot: { takenAtMs: NOW, arrays },
    reserved: {},
    nowMs: NOW,
    random: seededRandom(seed),
  });

const ofKind = (state: ArrayState, kind: ArrayKind): ArrayState => ({
  ...state,
  observation: state.observation && { ...state.observation, identity: { ...state.observation.identity, kind } },
});

const sentenceFor = (state: ArrayState, changes: Partial<PlacementRequest> = {}) =>
  run([state], changes).verdicts[0]?.refusal?.sentence;

describe('filters', () => {
  it.each<[string, Wish, Partial<PlacementRequest>, RegExp]>([
    ['cordon', { cordoned: true }, {}, /cordoned/],
    ['trouble', { trouble: 'It does not answer.' }, {}, /does not answer/],
    ['age', { ageMs: 301_000 }, {}, /301 s old/],
    [
      'labels',
      { labels: { env: 'prod' } },
      { selector: parseLabelSelector('env=dev') },
      /has env=prod, asked for: env=dev/,
    ],
    ['kind', {}, { kinds: ['flashblade'] }, /is a flasharray/],
    ['protocol', {}, { protocols: ['fc'] }, /offers iscsi, asked for: fc/],
    ['qos', { supportsQos: false }, { needsQos: true }, /too old/],
    ['room', { used: 89 }, { sizeBytes: 12 * TiB }, /12 TiB do not fit into the 11 TiB/],
    ['threshold', { used: 89 }, { sizeBytes: 10 * TiB }, /94.0 % full, the limit is 90 %/],
    [
      'topology',
      { labels: { 'topology.kubernetes.io/zone': 'a' } },
      { topology: { requisite: [{ 'topology.kubernetes.io/zone': 'b' }], preferred: [] } },
      /not reachable from topology.kubernetes.io\/zone=b/,
    ],
  ])('%s', (_name, wish, changes, sentence) => {
    expect(sentenceFor(array('a1', wish), changes)).toMatch(sentence);
  });
  it('an array without the key serves every zone', () => {
    expect(run([array('a1')], { topology: { requisite: [{ zone: 'b' }], preferred: [] } }).chosen).toBe('a1.example');
  });
});

describe('choice', () => {
  it('never looks at capacity alone: an empty but slow array loses', () => {
    // a1: space 10 %, load 9000/(9000+1000) = 90 %; a2: space 50 %, load 0: max 0.9 against 0.5, outside the band of 0.25
    const decision = run([array('a1', { used: 10, latency: 9000 }), array('a2', { used: 50 })]);
    expect(decision.chosen).toBe('a2.example');
    expect(decision.runnerUp).toBe('a1.example');
  });
  it('obeys the order of preferred topologies before cost', () => {
    const arrays = [array('a1', { labels: { zone: 'a' } }), array('b1', { used: 80, labels: { zone: 'b' } })];
    expect(run(arrays, { topology: { requisite: [], preferred: [{ zone: 'b' }, { zone: 'a' }] } }).chosen).toBe(
      'b1.example',
    );
  });
  it('obeys the class after the topology and before cost, and goes elsewhere when what it prefers is full', () => {
    const metal = array('metal', { used: 80, labels: { zone: 'a' } });
    const cloud = ofKind(array('cloud', { labels: { zone: 'b' } }), 'cloud-block-store');
    const preferred = parseLabelSelector('pure-pso.io/kind=flasharray');
    expect(run([metal, cloud], { preferred }).chosen).toBe('metal.example');
    const topology = { requisite: [], preferred: [{ zone: 'b' }, { zone: 'a' }] };
    expect(run([metal, cloud], { preferred, topology }).chosen).toBe('cloud.example');
    expect(run([array('metal', { used: 95 }), cloud], { preferred }).chosen).toBe('cloud.example');
  });
  it('lets a class demand metal or cloud without any label of the administrator', () => {
    const arrays = [array('metal'), ofKind(array('cloud'), 'cloud-block-store')];
    const chosen = (kind: string) => run(arrays, { selector: parseLabelSelector(`pure-pso.io/kind=${kind}`) }).chosen;
    expect(chosen('flasharray')).toBe('metal.example');
    expect(chosen('cloud-block-store')).toBe('cloud.example');
  });
  it('spreads a burst over equal arrays', () => {
    const arrays = Array.from({ length: 6 }, (_, index) => array(`a${index}`));
    const random = seededRandom(7);
    const reserved: Record<string, { bytes: number; volumes: number }> = {};
    for (let index = 0; index < 500; index += 1) {
      const { chosen } = place({
        request: request({ sizeBytes: GiB }),
        policy: DEFAULT_POLICY,
        snapshot: { takenAtMs: NOW, arrays },
        reserved,
        nowMs: NOW,
        random,
      });
      const before = reserved[chosen ?? ''] ?? { bytes: 0, volumes: 0 };
      reserved[chosen ?? ''] = { bytes: before.bytes + GiB / 2, volumes: before.volumes + 1 };
    }
    const herd = Math.max(...Object.values(reserved).map(({ volumes }) => volumes)) / (500 / 6);
    expect(herd).toBeLessThan(1.3);
  });
});

describe('explanation', () => {
  const arrays = [array('a1'), array('a2', { used: 60 }), array('a3', { cordoned: true })];
  it('names the chosen one, the runner-up and each refused one', () => {
    expect(explain(run(arrays))).toBe(
      '100 GiB placed on a1 (space 10 %, load 0 %), figures 1 s old. Runner-up: a2 (space 60 %, load 0 %). Refused: a3: It is cordoned: no new volumes.',
    );
  });
  it('stays below the limits with a hundred arrays', () => {
    const many = run(
      Array.from({ length: 100 }, (_, index) => array(`array-with-a-long-name-${index}`, { cordoned: index > 0 })),
    );
    expect(Buffer.byteLength(explain(many))).toBeLessThanOrEqual(1000);
    expect(shortDecision(many).length).toBeLessThanOrEqual(256);
    expect(Buffer.byteLength(decisionJson(many, 16_384))).toBeLessThanOrEqual(16_384);
  });
  it.each<[readonly ArrayState[], string]>([
    [[array('a1', { used: 95 }), array('a2', { cordoned: true })], 'no-capacity'],
    [[array('a1', { cordoned: true })], 'no-match'],
    [[array('a1', { trouble: 'Down.' })], 'unavailable'],
    [[], 'no-match'],
  ])('gives a refusal the code that the caller can act on (%#)', (states, code) => {
    expect(refusalError(run(states)).code).toBe(code);
  });
});

const wishes = fc.record({
  used: fc.integer({ min: 0, max: 100 }),
  latency: fc.integer({ min: 0, max: 20_000 }),
  cordoned: fc.boolean(),
  labels: fc.constantFrom<Record<string, string>>({}, { env: 'dev' }, { env: 'prod' }),
  ageMs: fc.integer({ min: 0, max: 600_000 }),
});
const fleets = fc.array(wishes, { maxLength: 12 }).map(list => list.map((wish, index) => array(`a${index}`, wish)));

describe('properties', () => {
  it('never chooses a refused array, and refuses only when all are refused', () => {
    fc.assert(
      fc.property(fleets, fc.integer(), (arrays, seed) => {
        const decision = run(arrays, { selector: parseLabelSelector('env=dev') }, seed);
        const chosen = decision.verdicts.find(verdict => verdict.endpoint === decision.chosen);
        expect(chosen?.refusal ?? null).toBeNull();
        expect(decision.chosen === null).toBe(decision.verdicts.every(verdict => verdict.refusal !== null));
      }),
    );
  });
  it('does not depend on the order of arrays, given the same draws', () => {
    fc.assert(
      fc.property(fleets, fc.integer(), (arrays, seed) => {
        expect(run(arrays.toReversed(), {}, seed).chosen).toBe(run(arrays, {}, seed).chosen);
      }),
    );
  });
  it('is replayed to the same answer, also from JSON', () => {
    fc.assert(
      fc.property(fleets, fc.integer(), (arrays, seed) => {
        const decision = run(arrays, {}, seed);
        expect(replay(JSON.parse(JSON.stringify(decision)) as Decision)).toEqual(decision);
      }),
    );
  });
});
