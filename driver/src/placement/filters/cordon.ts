import type { Filter } from '../framework.ts';

export const cordonFilter: Filter = {
  name: 'cordon',
  class: 'kind',
  refuse: (_request, { array }) => (array.settings.cordoned ? 'It is cordoned: no new volumes.' : null),
};
