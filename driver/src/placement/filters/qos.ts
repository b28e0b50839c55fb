import type { Filter } from '../framework.ts';

export const qosFilter: Filter = {
  name: 'qos',
  class: 'kind',
  refuse({ needsQos }, { array }) {
    if (!needsQos || array.observation?.supportsQos !== false) return null;
    return 'Its Purity is too old for iops_limit and bandwidth_limit.';
  },
};
