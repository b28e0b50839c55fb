import type { Filter } from '../framework.ts';
import { labelsOf } from '../framework.ts';
import { firstUnmet, formatRequirement } from '../label-selector.ts';

export const labelFilter: Filter = {
  name: 'labels',
  class: 'kind',
  refuse({ selector }, { array }) {
    if (selector.length === 0) return null;
    const labels = labelsOf(array);
    const unmet = firstUnmet(selector, labels);
    if (!unmet) return null;
    const value = labels[unmet.key];
    const has = value === undefined ? `has no label ${unmet.key}` : `has ${unmet.key}=${value}`;
    return `It ${has}, asked for: ${formatRequirement(unmet)}.`;
  },
};
