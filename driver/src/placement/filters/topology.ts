import type { Labels } from '../../domain/array.ts';
import type { Filter } from '../framework.ts';

/** A key that the array's labels do not name does not bind it: an array without a zone is reached from every zone. */
export const isReachableFrom = (labels: Labels, segments: Labels): boolean =>
  Object.entries(segments).every(([key, value]) => !Object.hasOwn(labels, key) || labels[key] === value);

const formatSegments = (segments: Labels): string =>
  Object.entries(segments)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

export const topologyFilter: Filter = {
  name: 'topology',
  class: 'topology',
  refuse({ topology }, { array }) {
    const { requisite } = topology;
    if (requisite.length === 0 || requisite.some(segments => isReachableFrom(array.settings.labels, segments))) {
      return null;
    }
    const shown = requisite.slice(0, 3).map(formatSegments).join(' or ');
    return `It is not reachable from ${shown}${requisite.length > 3 ? ' …' : ''}.`;
  },
};
