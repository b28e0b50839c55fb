import type { Filter } from '../framework.ts';

export const kindFilter: Filter = {
  name: 'kind',
  class: 'kind',
  refuse({ kinds }, { array }) {
    const kind = array.observation?.identity.kind ?? array.settings.kind;
    return kinds.includes(kind) ? null : `It is a ${kind}, asked for: ${kinds.join(' or ')}.`;
  },
};
