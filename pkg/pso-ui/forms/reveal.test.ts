import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { arbitraryValues } from '../testing/arbitrary-values.ts';
import { chartSchema, CORPUS, corpus } from '../testing/chart-files.ts';
import { formModel } from './form-model.ts';
import { isEqual, type JsonObject } from './json.ts';
import { revealSecrets } from './reveal.ts';
import { CONCEALED, concealSecrets } from './secrets.ts';

const model = formModel(chartSchema(), null);
const throughYaml = (values: JsonObject): JsonObject => parse(stringify(values)) as JsonObject;
const array = (name: string, APIToken: string, rest: JsonObject = {}): JsonObject => ({
  MgmtEndPoint: name,
  APIToken,
  ...rest,
});
const fleet = (...FlashArrays: readonly JsonObject[]): JsonObject => ({ arrays: { FlashArrays } });
const KEPT = fleet(array('a', 'token-a'), array('b', 'token-b', { Labels: { tier: 'gold' } }));
const reveal = (typed: JsonObject, kept: JsonObject = KEPT) => revealSecrets(model, typed, kept);
const doubtful = (typed: JsonObject, kept?: JsonObject): readonly string[] =>
  reveal(typed, kept).doubtful.map(path => path.join('.'));

describe('values shown as YAML and read again', () => {
  it.each(CORPUS)('%s: are the same', name => {
    const values = corpus(name);
    expect(reveal(throughYaml(concealSecrets(model, values)), values)).toEqual({ values, doubtful: [] });
  });

  it('are the same, whatever they are', () => {
    fc.assert(
      fc.property(arbitraryValues(model.schema), values => {
        const { values: read, doubtful: open } = reveal(throughYaml(concealSecrets(model, values)), values);
        return open.length === 0 && isEqual(read, values);
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  it('lose no secret by an edit of another key, and never show one that was not theirs', () => {
    fc.assert(
      fc.property(arbitraryValues(model.schema), fc.integer(), (values, number) => {
        const shown = { ...concealSecrets(model, values), mine: number };
        return isEqual(reveal(shown, values).values, { ...values, mine: number });
      }),
      { numRuns: 100, seed: 6 },
    );
  });
});

describe('an edit beside a concealed secret', () => {
  it('of the entry itself keeps its token, wherever it stands now', () => {
    const typed = fleet(array('b', CONCEALED, { Labels: { tier: 'iron' } }), array('a', CONCEALED));
    expect(reveal(typed)).toEqual({
      values: fleet(array('b', 'token-b', { Labels: { tier: 'iron' } }), array('a', 'token-a')),
      doubtful: [],
    });
  });

  it('that takes the entry before it away gives it no token of another', () => {
    expect(reveal(fleet(array('b', CONCEALED))).values).toEqual(fleet(array('b', 'token-b')));
  });

  it('takes a secret that was typed new, and an empty one', () => {
    const typed = fleet(array('a', 'fresh'), array('b', ''), array('c', 'token-c'));
    expect(reveal(typed)).toEqual({ values: typed, doubtful: [] });
  });
});

describe('a concealed secret', () => {
  it.each([
    ['of an entry that is new', fleet(array('c', CONCEALED)), 'arrays.FlashArrays.0.APIToken'],
    ['of an entry that stands there twice', fleet(array('a', CONCEALED, { x: 1 }), array('a', CONCEALED, { x: 2 })), 'arrays.FlashArrays.0.APIToken'], // prettier-ignore
    [
      'under a key that is no secret any more',
      fleet({ MgmtEndPoint: 'a', ApiTokens: CONCEALED }),
      'arrays.FlashArrays.0.ApiTokens',
    ],
    ['inside another text', { note: `token ${CONCEALED}` }, 'note'],
    ['in a list', { notes: ['x', CONCEALED] }, 'notes.1'],
    [
      'inside a secret of several parts',
      fleet({ MgmtEndPoint: 'a', APIToken: { value: CONCEALED } }),
      'arrays.FlashArrays.0.APIToken.value',
    ],
    ['below another key', { others: [array('a', CONCEALED)] }, 'others.0.APIToken'],
    ['of which a part is left', fleet(array('a', CONCEALED.slice(1))), 'arrays.FlashArrays.0.APIToken'],
  ])('%s is in doubt', (_, typed, place) => {
    expect(doubtful(typed)).toContain(place);
  });

  it('is in doubt between two entries that differ in nothing else', () => {
    const kept = fleet(array('a', 'one'), array('a', 'two'));
    expect(doubtful(fleet(array('a', CONCEALED)), kept)).toEqual(['arrays.FlashArrays.0.APIToken']);
    expect(reveal(fleet(array('a', CONCEALED)), fleet(array('a', 'one'), array('a', 'one'))).values).toEqual(
      fleet(array('a', 'one')),
    );
  });

  it('is in doubt when two entries of one address had secrets of their own and what is written is neither', () => {
    const kept = fleet(array('a', 'one', { x: 1 }), array('a', 'two', { x: 2 }));
    expect(doubtful(fleet(array('a', CONCEALED, { x: 3 })), kept)).toEqual(['arrays.FlashArrays.0.APIToken']);
  });

  it('is no secret where the same text stood before under a key that holds none', () => {
    const kept = { note: `• ${CONCEALED}`, list: [CONCEALED, 'x'] };
    expect(reveal(kept, kept)).toEqual({ values: kept, doubtful: [] });
    expect(reveal({ note: '• one' }, kept).doubtful).toEqual([]);
  });

  it('is in doubt where there was none', () => {
    expect(doubtful(fleet(array('a', CONCEALED)), fleet(array('a', '')))).toEqual(['arrays.FlashArrays.0.APIToken']);
  });
});
