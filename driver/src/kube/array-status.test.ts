import { describe, expect, it } from '@jest/globals';
import type { ArrayObservation, ArrayState } from '../domain/array.ts';
import { ManualClock } from '../lib/manual-clock.ts';
import { arrayObjectName, arrayStatus, essence } from './array-status.ts';

const observation: ArrayObservation = {
  identity: {
    id: '00000000-0000-4000-8000-000000000001',
    name: 'fa1',
    kind: 'flasharray',
    model: 'FA-X20R4',
    purityVersion: '6.6.10',
    restVersion: '2.26',
  },
  capacity: { totalBytes: 1000, usedBytes: 333, provisionedBytes: null },
  load: { iops: 1234.5, bytesPerSecond: 10, latencyMicroseconds: 210.4, queueMicroseconds: 0 },
  protocols: ['iscsi'],
  supportsQos: true,
  warnings: [],
  observedAtMs: 60_000,
};
const settings: ArrayState['settings'] = {
  endpoint: '10.0.0.1',
  kind: 'flasharray',
  labels: { env: 'dev' },
  cordoned: true,
};
const state = (changes: Partial<ArrayState> = {}): ArrayState => ({ settings, observation, trouble: null, ...changes });
const clock = new ManualClock(90_000);
const status = (changes: Partial<ArrayState> = {}) => {
  const made = arrayStatus(state(changes), clock);
  if (!made) throw new Error('no status');
  return made;
};

describe('arrayObjectName', () => {
  it.each(['10.0.0.1', 'fa1.example.com', 'fa1'])('leaves %s as it is', endpoint => {
    expect(arrayObjectName(endpoint)).toBe(endpoint);
  });

  it.each([
    ['10.66.3.1:9', /^10\.66\.3\.1-9-[0-9a-f]{8}$/],
    ['[fd00::1]:443', /^fd00-1-443-[0-9a-f]{8}$/],
    ['a..b_', /^a\.b-[0-9a-f]{8}$/],
    ['::', /^[0-9a-f]{8}$/],
    ['x'.repeat(300), /^x{200}-[0-9a-f]{8}$/],
  ])('makes a name of %s', (endpoint, shape) => {
    expect(arrayObjectName(endpoint)).toMatch(shape);
  });

  it('gives two endpoints two names, and one endpoint one', () => {
    expect(arrayObjectName('fa1:9')).not.toBe(arrayObjectName('fa1-9'));
    expect(arrayObjectName('fa1:9')).not.toBe(arrayObjectName('fa1_9'));
    expect(arrayObjectName('FA1.example.com')).toBe('fa1.example.com');
  });
});

describe('arrayStatus', () => {
  it('says what the array is, how full and how busy, and when it said so', () => {
    expect(status()).toEqual({
      health: 'Healthy',
      cordoned: true,
      labels: { env: 'dev' },
      family: 'flasharray',
      arrayID: observation.identity.id,
      arrayName: 'fa1',
      model: 'FA-X20R4',
      version: '6.6.10',
      restVersion: '2.26',
      protocols: ['iscsi'],
      capacity: { totalBytes: 1000, usedBytes: 333, usedPercent: 33 },
      load: { operationsPerSecond: 1235, bytesPerSecond: 10, latencyMicroseconds: 210, queueMicroseconds: 0 },
      observedAt: '2026-01-01T00:01:00.000Z',
    });
  });

  it('tells trouble from a warning', () => {
    const warnings = ['Controller CT1 is not ready.'];
    expect(status({ observation: { ...observation, warnings } })).toMatchObject({ health: 'Warning', warnings });
    const trouble = '10.0.0.1 refused the API token.';
    expect(status({ trouble })).toMatchObject({ health: 'Trouble', trouble, arrayName: 'fa1' });
    expect(status({ trouble, observation: null })).toEqual({
      health: 'Trouble',
      trouble,
      cordoned: true,
      labels: { env: 'dev' },
      family: 'flasharray',
    });
  });

  it('says nothing of an array that was not asked yet', () => {
    expect(arrayStatus(state({ observation: null }), clock)).toBeNull();
  });

  it('cuts what would make a list of arrays large', () => {
    const warnings = Array.from({ length: 100 }, () => 'x'.repeat(5000));
    const made = status({ observation: { ...observation, warnings } });
    expect(made.warnings).toHaveLength(20);
    expect(made.warnings?.[0]).toHaveLength(1000);
  });
});

describe('essence', () => {
  const changed = (changes: Partial<ArrayObservation>) =>
    essence(status({ observation: { ...observation, ...changes } })) !== essence(status());
  const capacity = (usedBytes: number) => ({ capacity: { ...observation.capacity, usedBytes } });
  const load = (iops: number) => ({
    load: { latencyMicroseconds: 210, queueMicroseconds: 0, bytesPerSecond: 10, iops },
  });

  it('is the same for what a reader does not see', () => {
    expect(changed({ observedAtMs: 80_000 })).toBe(false);
    expect(changed(capacity(334))).toBe(false);
    expect(changed(load(1236))).toBe(false);
  });

  it('is another one for what a reader sees', () => {
    expect(changed(capacity(390))).toBe(true);
    expect(changed(load(1400))).toBe(true);
    expect(changed({ warnings: ['x'] })).toBe(true);
    expect(essence(status({ trouble: 'x' }))).not.toBe(essence(status()));
  });
});
