import { describe, expect, it } from '@jest/globals';
import {
  type ActionClaim,
  attributesBar,
  attributesPatch,
  expandBar,
  expansionOf,
  expansionPatch,
  isAsSeen,
  isSnapshotSettled,
  mayGrow,
  modificationOf,
  newSnapshot,
  presentSize,
  sizeProblem,
  snapshotBar,
  snapshotName,
  snapshotNameProblem,
  snapshotsOf,
  snapshotState,
  type VolumeSnapshot,
  writtenAtMs,
} from './claim-actions.ts';

const claim = (storage: string, status: ActionClaim['status'] = {}, spec: ActionClaim['spec'] = {}): ActionClaim => ({
  metadata: { name: 'orders', namespace: 'shop', uid: 'u1' },
  spec: { resources: { requests: { storage } }, ...spec },
  status: { phase: 'Bound', ...status },
});
const bound = claim('15Gi', { capacity: { storage: '15Gi' } });
const pending = claim('15Gi', { phase: 'Pending' });
const leaving = { ...bound, metadata: { ...bound.metadata, deletionTimestamp: 't' } };

describe('an action that cannot be done', () => {
  it('says what is missing: the right, the volume, the class', () => {
    expect([expandBar(bound, true, true), expandBar(bound, true, false)]).toEqual([null, 'noUpdate']);
    expect(expandBar(bound, false, true)).toBe('noExpansion');
    expect(expandBar(pending, true, true)).toBe('unbound');
    expect(expandBar(leaving, true, true)).toBe('deleting');
  });

  it('is not the class, for who may not list classes: Kubernetes judges then', () => {
    const classes = [{ metadata: { name: 'grows' }, allowVolumeExpansion: true }, { metadata: { name: 'stays' } }];
    expect(['grows', 'stays', 'gone', undefined].map(name => mayGrow(name, classes))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(mayGrow('stays', null)).toBe(true);
  });

  it('says what the cluster does not know or has not', () => {
    expect([null, 0, 1].map(classes => snapshotBar(bound, classes, true))).toEqual([
      'noSnapshots',
      'noSnapshotClass',
      null,
    ]);
    expect([snapshotBar(bound, 1, false), snapshotBar(pending, 1, true)]).toEqual(['noCreate', 'unbound']);
    expect([null, 0, 1].map(classes => attributesBar(bound, classes, true))).toEqual([
      'noAttributes',
      'noAttributesClass',
      null,
    ]);
    expect([attributesBar(bound, 1, false), attributesBar(pending, 1, true)]).toEqual(['noUpdate', 'unbound']);
  });
});

describe('a new size', () => {
  it.each([
    ['16', null],
    [' 20 ', null],
    ['15', 'smaller'],
    ['1', 'smaller'],
    ['0', 'number'],
    ['', 'number'],
    ['16.5', 'number'],
    ['20Gi', 'number'],
    ['99999999', 'number'],
  ])('%j is judged as %j', (typed, problem) => {
    expect(sizeProblem(typed, bound)).toBe(problem);
  });

  it('is more than what is asked for and what is there, and is refused where neither can be read', () => {
    expect(sizeProblem('20', claim('10Gi', { capacity: { storage: '25Gi' } }))).toBe('smaller');
    expect(sizeProblem('20', claim('25Gi', { capacity: { storage: '10Gi' } }))).toBe('smaller');
    expect(sizeProblem('20', claim('1e9'))).toBe('unreadable');
    expect(expansionPatch(' 20 ')).toEqual({ spec: { resources: { requests: { storage: '20Gi' } } } });
  });

  it('is compared with the larger of both, which is told', () => {
    expect(presentSize(claim('10Gi', { capacity: { storage: '25Gi' } }))).toBe('25Gi');
    expect(presentSize(claim('25Gi', { capacity: { storage: '10Gi' } }))).toBe('25Gi');
    expect(presentSize(claim('1e9', { capacity: { storage: '1Gi' } }))).toBe('1Gi');
    expect(presentSize(claim('1e9'))).toBe('1e9');
  });

  it('that is written as we do not read it is not followed unless Kubernetes is at work', () => {
    const there = { capacity: { storage: '10Gi' } };
    expect(expansionOf(claim('10e9', there)).state).toBe('done');
    expect(expansionOf(claim('10e9', { ...there, conditions: [{ type: 'Resizing', status: 'True' }] })).state).toBe(
      'running',
    );
    const infeasible = { allocatedResourceStatuses: { storage: 'NodeResizeInfeasible' } };
    expect(expansionOf(claim('10e9', { ...there, ...infeasible })).state).toBe('failed');
  });

  it('is followed until the claim has it', () => {
    const there = { capacity: { storage: '10Gi' } };
    const condition = (type: string, message = '') => ({ conditions: [{ type, status: 'True', message }] });
    expect(expansionOf(bound)).toEqual({ state: 'done', words: '' });
    expect(expansionOf(claim('20Gi', there)).state).toBe('running');
    expect(expansionOf(claim('20Gi', { ...there, ...condition('FileSystemResizePending') })).state).toBe('waiting');
    expect(expansionOf(claim('20Gi', { ...there, ...condition('ControllerResizeError', 'Full.') }))).toEqual({
      state: 'running',
      words: 'Full.',
    });
    const infeasible = { allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' } };
    expect(expansionOf(claim('20Gi', { ...there, ...infeasible })).state).toBe('failed');
    const over = { conditions: [{ type: 'FileSystemResizePending', status: 'False' }] };
    expect(expansionOf(claim('20Gi', { ...there, ...over })).state).toBe('running');
  });
});

describe('another class of attributes', () => {
  it('is followed until the volume has it', () => {
    const wanted = { volumeAttributesClassName: 'gold' };
    const current = { currentVolumeAttributesClassName: 'gold' };
    expect(attributesPatch('gold')).toEqual({ spec: wanted });
    expect(modificationOf(bound).state).toBe('done');
    expect(modificationOf(claim('1Gi', current, wanted)).state).toBe('done');
    expect(modificationOf(claim('1Gi', {}, wanted)).state).toBe('running');
    const status = { modifyVolumeStatus: { status: 'InProgress' } };
    expect(modificationOf(claim('1Gi', { ...current, ...status }, wanted)).state).toBe('running');
    const failed = {
      modifyVolumeStatus: { status: 'Infeasible' },
      conditions: [{ type: 'ModifyVolumeError', status: 'True', message: 'No such limit.' }],
    };
    expect(modificationOf(claim('1Gi', failed, wanted))).toEqual({ state: 'failed', words: 'No such limit.' });
  });
});

describe('a claim that was written', () => {
  it('tells when by the clock of the API server, and else by the one that is given', () => {
    const written = (...times: readonly string[]): ActionClaim => ({
      ...bound,
      metadata: { ...bound.metadata, managedFields: times.map(time => ({ time })) },
    });
    expect(writtenAtMs(written('2026-11-22T09:00:00Z', '2026-11-22T10:00:00Z'), 5)).toBe(Date.UTC(2026, 10, 22, 10));
    expect(writtenAtMs(written('no time'), 5)).toBe(5);
    expect(writtenAtMs(bound, 5)).toBe(5);
  });
});

describe('a claim that was changed meanwhile', () => {
  it('is known by its UID, its size and its class', () => {
    expect(isAsSeen(bound, { ...bound, status: {} })).toBe(true);
    expect(isAsSeen(bound, claim('16Gi'))).toBe(false);
    expect(isAsSeen(bound, claim('15Gi', {}, { volumeAttributesClassName: 'gold' }))).toBe(false);
    expect(isAsSeen(bound, { ...bound, metadata: { ...bound.metadata, uid: 'u2' } })).toBe(false);
  });
});

describe('snapshots', () => {
  const snapshot = (name: string, of: string, creationTimestamp: string, status = {}) => ({
    metadata: { name, creationTimestamp },
    spec: { source: { persistentVolumeClaimName: of } },
    status,
  });

  it('of a claim are those that name it, newest first', () => {
    const all = [snapshot('a', 'orders', '1'), snapshot('b', 'other', '3'), snapshot('c', 'orders', '2')];
    expect(snapshotsOf('orders', all).map(({ metadata }) => metadata.name)).toEqual(['c', 'a']);
  });

  it('are ready, failed for now, or at work', () => {
    const stateOf = (status: object) => snapshotState(snapshot('a', 'orders', '1', status));
    expect(stateOf({ readyToUse: true })).toBe('ready');
    expect(stateOf({ readyToUse: false, error: { message: 'x' } })).toBe('error');
    expect(stateOf({ readyToUse: false })).toBe('waiting');
    expect(snapshotState({ metadata: { name: 'a' } })).toBe('waiting');
  });

  it('are looked at until they are ready, or ten minutes old', () => {
    const nowMs = Date.parse('2026-11-22T10:00:00Z');
    const made = (creationTimestamp: string, status: VolumeSnapshot['status']): VolumeSnapshot => ({
      metadata: { name: 's', creationTimestamp },
      ...(status ? { status } : {}),
    });
    const isSettled = (snapshot: VolumeSnapshot): boolean => isSnapshotSettled(snapshot, nowMs);
    expect(isSettled(made('2026-11-22T09:59:59Z', { readyToUse: true }))).toBe(true);
    expect(isSettled(made('2026-11-22T09:55:00Z', { error: { message: 'no' } }))).toBe(false);
    expect(isSettled(made('2026-11-22T09:45:00Z', { error: { message: 'no' } }))).toBe(true);
    expect(isSettled(made('2026-11-22T09:45:00Z', undefined))).toBe(true);
    expect(isSettled({ metadata: { name: 's' } })).toBe(false);
  });

  it('get the second into their name when that minute has one', () => {
    const atMs = Date.UTC(2026, 10, 22, 9, 56, 7);
    const taken = [{ metadata: { name: snapshotName('orders', atMs, []) } }];
    expect(snapshotName('orders', atMs, taken)).toBe('orders-20261122-095607');
  });

  it('get a name of their claim and the minute that Kubernetes takes', () => {
    const atMs = Date.UTC(2026, 10, 22, 9, 56, 7);
    const name = snapshotName('orders', atMs, []);
    expect(name).toBe('orders-20261122-0956');
    expect(snapshotNameProblem(name, [])).toBeNull();
    expect(snapshotNameProblem(name, [{ metadata: { name } }])).toBe('taken');
    expect(snapshotNameProblem(snapshotName('x'.repeat(253), 0, []), [])).toBeNull();
    expect(snapshotName(`${'x'.repeat(229)}.y`, 0, [])).toBe(`${'x'.repeat(229)}-19700101-0000`);
    expect(snapshotNameProblem('Orders!', [])).toBe('bad');
    expect(newSnapshot(name, 'ours', 'orders')).toMatchObject({
      metadata: { name },
      spec: { volumeSnapshotClassName: 'ours', source: { persistentVolumeClaimName: 'orders' } },
    });
  });
});
