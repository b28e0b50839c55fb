import type { ArrayState, Protocol } from '../../domain/array.ts';
import type { Filter } from '../framework.ts';

export const protocolFilter: Filter = {
  name: 'protocol',
  class: 'kind',
  refuse({ protocols }, { array }) {
    const offered = array.observation?.protocols;
    const asked = askedOf(array, protocols);
    if (!offered || asked.length === 0 || asked.some(protocol => offered.includes(protocol))) return null;
    return `It offers ${offered.join(', ') || 'no protocol'}, asked for: ${asked.join(' or ')}.`;
  },
};

/** Block volumes of an array with a way of its own go that way. */
function askedOf({ settings: { sanType } }: ArrayState, protocols: readonly Protocol[]): readonly Protocol[] {
  return sanType === undefined || protocols.length === 0 || protocols.includes('nfs') ? protocols : [sanType];
}
