import type { Filter } from '../framework.ts';

export const healthFilter: Filter = {
  name: 'health',
  class: 'health',
  refuse(_request, { array, dataAgeMs }, policy) {
    if (array.trouble !== null) return array.trouble;
    if (dataAgeMs === null) return 'It was not reached yet.';
    if (dataAgeMs <= policy.maxDataAgeMs) return null;
    return `Its figures are ${Math.round(dataAgeMs / 1000)} s old.`;
  },
};
