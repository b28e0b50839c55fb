import type { Filter } from '../framework.ts';
import { kindOf } from '../framework.ts';

export const kindFilter: Filter = {
  name: 'kind',
  class: 'kind',
  refuse({ kinds }, { array }) {
    const kind = kindOf(array);
    return kinds.includes(kind) ? null : `It is a ${kind}, asked for: ${kinds.join(' or ')}.`;
  },
};
