import type { Filter } from '../framework.ts';

export const protocolFilter: Filter = {
  name: 'protocol',
  class: 'kind',
  refuse({ protocols }, { array }) {
    const offered = array.observation?.protocols;
    if (!offered || protocols.length === 0 || protocols.some(protocol => offered.includes(protocol))) return null;
    return `It offers ${offered.join(', ') || 'no protocol'}, asked for: ${protocols.join(' or ')}.`;
  },
};
