import { describe, expect, it } from '@jest/globals';
import { chartSchema, CORPUS, corpus } from '../testing/chart-files.ts';
import { check } from '../forms/check.ts';
import { formModel } from '../forms/form-model.ts';
import { type JsonObject, withoutValue } from '../forms/json.ts';
import { arrayLists, fleetInValues, fleetPlace, hasFleetMoved, moveToSecret } from './credentials.ts';
import { closeFleet, newDraft, openFleet } from './fleet-file.ts';

const schema = chartSchema();
const lists = arrayLists(formModel(schema, null).fields);
const TOKEN = 'c0ffee00-2222-3333-4444-555555555555';
const FILE: JsonObject = {
  FlashArrays: [
    { MgmtEndPoint: '192.0.2.4', APIToken: TOKEN, Labels: { rack: 22 }, mine: true },
    'no object',
    { MgmtEndPoint: '192.0.2.5', Labels: null },
  ],
  other: { kept: 1 },
};

describe('arrays that somebody edits', () => {
  const values = (endpoint: string, more: JsonObject = {}): JsonObject => ({
    arrays: { FlashArrays: [{ MgmtEndPoint: endpoint, APIToken: TOKEN }] },
    ...more,
  });

  it('have moved when somebody changed them since they were opened, and not when they changed something else', () => {
    const hasMoved = (opened: JsonObject, now: JsonObject): boolean => hasFleetMoved(opened, now, lists, 'ours');
    expect(hasMoved(values('a'), values('a', { pollSeconds: 5 }))).toBe(false);
    expect(hasMoved(values('a'), values('b'))).toBe(true);
    expect(hasMoved({}, { arrays: { FlashArrays: [] } })).toBe(false);
  });

  it('have moved when a Secret is named that a save would not write', () => {
    const naming = (existingSecret: string): JsonObject => ({ arrays: { existingSecret } });
    const hasMoved = (opened: JsonObject, now: JsonObject): boolean => hasFleetMoved(opened, now, lists, 'ours');
    expect(hasMoved(values('a'), naming('theirs'))).toBe(true);
    expect(hasMoved(values('a'), naming('ours'))).toBe(false);
    expect(hasMoved(naming('ours'), naming('ours'))).toBe(false);
    expect(hasMoved(naming('ours'), naming('theirs'))).toBe(true);
    expect(hasMoved(naming('ours'), values('a'))).toBe(true);
  });
});

describe('fleet file', () => {
  it('opens without tokens and closes to the same content', () => {
    const open = openFleet(FILE, lists);
    expect(open.drafts).toEqual([
      {
        id: 'FlashArrays/0',
        list: 'FlashArrays',
        item: { MgmtEndPoint: '192.0.2.4', Labels: { rack: 22 }, mine: true },
        hasSecret: true,
      },
      { id: 'FlashArrays/2', list: 'FlashArrays', item: { MgmtEndPoint: '192.0.2.5', Labels: null }, hasSecret: false },
    ]);
    expect(JSON.stringify(open.drafts)).not.toContain(TOKEN);
    const [first, stranger, second] = FILE.FlashArrays as JsonObject[];
    expect(closeFleet(FILE, open, new Map(), lists)).toEqual({ ...FILE, FlashArrays: [first, second, stranger] });
  });

  it('puts a typed token over the kept one, and a new array at the end', () => {
    const open = openFleet(FILE, lists);
    const added = newDraft('FlashArrays', open.drafts, { MgmtEndPoint: '192.0.2.9' });
    expect(added.id).toBe('FlashArrays/3');
    const typed = new Map([
      ['FlashArrays/0', { APIToken: 'new-1' }],
      [added.id, { APIToken: 'new-2' }],
    ]);
    const closed = closeFleet(FILE, { ...open, drafts: [...open.drafts, added] }, typed, lists);
    expect(closed.FlashArrays).toMatchObject([
      { MgmtEndPoint: '192.0.2.4', APIToken: 'new-1', mine: true },
      { MgmtEndPoint: '192.0.2.5' },
      { MgmtEndPoint: '192.0.2.9', APIToken: 'new-2' },
      'no object',
    ]);
  });

  it('empties a list whose arrays are removed and adds none that was never there', () => {
    const open = openFleet({ FlashBlades: [{ MgmtEndPoint: 'a' }] }, lists);
    expect(closeFleet({ FlashBlades: [{}] }, { ...open, drafts: [] }, new Map(), lists)).toEqual({ FlashBlades: [] });
    expect(newDraft('FlashBlades', [])).toMatchObject({ id: 'FlashBlades/0', item: {}, hasSecret: false });
  });
});

describe('credentials', () => {
  it.each<[string, JsonObject, unknown]>([
    ['our key', { arrays: { existingSecret: 'mine' }, existingSecret: true }, { kind: 'secret', name: 'mine' }],
    ['PSO, fixed name', { existingSecret: true }, { kind: 'secret', name: 'pure-provisioner-secret' }],
    ['PSO, own name', { existingSecret: 'theirs' }, { kind: 'secret', name: 'theirs' }],
    ['none', { existingSecret: false, arrays: { existingSecret: '' } }, { kind: 'values' }],
  ])('are found: %s', (_name, values, place) => {
    expect(fleetPlace(values)).toEqual(place);
  });

  it.each(CORPUS)('leave the values of %s for a Secret, and nothing else changes', name => {
    const values = corpus(name);
    const moved = moveToSecret(values, lists, 'fleet');
    expect(JSON.stringify(moved)).not.toMatch(/APIToken/);
    expect(check(schema, moved)).toEqual([]);
    expect(moved.arrays).toEqual({ existingSecret: 'fleet' });
    expect(withoutValue(moved, ['arrays'])).toEqual(withoutValue(values, ['arrays']));
    const file = fleetInValues(values, lists);
    const filled = Object.entries(values.arrays as JsonObject).filter(([, list]) => (list as unknown[]).length > 0);
    expect(file).toEqual(Object.fromEntries(filled));
  });
});
