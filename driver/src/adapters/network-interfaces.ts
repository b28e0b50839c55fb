import { networkInterfaces } from 'node:os';
import type { InterfaceAddress } from '../node/node-addresses.ts';

/** Addresses of this network namespace: the host's, as the node plugin runs in it. */
export const interfaceAddresses = (): readonly InterfaceAddress[] =>
  Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).map(({ address, cidr }) => ({
      interfaceName: name,
      address,
      prefixLength: Number(cidr?.split('/')[1] ?? 0),
    })),
  );
