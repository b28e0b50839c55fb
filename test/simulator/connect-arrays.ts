import type { ArrayNetwork } from './flasharray/array-network.ts';
import type { ArrayState } from './flasharray/state.ts';
import type { Scenario } from './scenario.ts';

/** Makes the links and fleets of a scenario; its arrays have joined the network before. */
export function connectArrays(network: ArrayNetwork, { links, fleets }: Pick<Scenario, 'links' | 'fleets'>): void {
  for (const { arrays, type } of links) network.link(find(network, arrays[0]), find(network, arrays[1]), type);
  for (const { name, arrays } of fleets) {
    const members = arrays.map(one => find(network, one));
    const id = members[0]?.nextId() ?? '';
    network.fleets.push({ id, name, members: new Set(members), key: null });
  }
}

function find(network: ArrayNetwork, name: string): ArrayState {
  const state = network.find(name);
  if (state === undefined) throw new Error(`The network has no array ${JSON.stringify(name)}.`);
  return state;
}
