import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../forms/json.ts';
import { labelSuggestions } from './label-suggestions.ts';

const draft = (item: JsonObject) => ({ id: 'FlashArrays/0', list: 'FlashArrays', item, hasSecret: true });

describe('labels of arrays that are suggested', () => {
  it('are the places of nodes and what other arrays are called', () => {
    const nodes = [
      { 'topology.kubernetes.io/zone': 'b', 'kubernetes.io/hostname': 'n1' },
      { 'topology.kubernetes.io/zone': 'a', 'topology.purestorage.com/rack': '7' },
      { 'topology.kubernetes.io/zone': 'b' },
    ];
    const drafts = [
      draft({ Labels: { tier: 'gold', level: 3 } }),
      draft({ Labels: { tier: 'bronze', 'topology.kubernetes.io/zone': 'c' } }),
    ];
    expect(labelSuggestions(nodes, drafts)).toEqual([
      { key: 'level', values: ['3'] },
      { key: 'tier', values: ['bronze', 'gold'] },
      { key: 'topology.kubernetes.io/zone', values: ['a', 'b', 'c'] },
      { key: 'topology.purestorage.com/rack', values: ['7'] },
    ]);
  });

  it('are none where nobody has any', () => {
    expect(labelSuggestions([], [draft({}), draft({ Labels: null })])).toEqual([]);
    expect(labelSuggestions([], [draft({ Labels: { tier: null } })])).toEqual([{ key: 'tier', values: [] }]);
  });
});
