import type { Filter } from '../framework.ts';
import { firstUnmet, formatRequirement } from '../label-selector.ts';

export const labelFilter: Filter = {
  name: 'labels',
  class: 'kind',
  refuse({ selector }, { array }) {
    const unmet = firstUnmet(selector, array.settings.labels);
    if (!unmet) return null;
    const value = array.settings.labels[unmet.key];
    const has = value === undefined ? `has no label ${unmet.key}` : `has ${unmet.key}=${value}`;
    return `It ${has}, asked for: ${formatRequirement(unmet)}.`;
  },
};
