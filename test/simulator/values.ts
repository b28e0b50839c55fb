import { stringify } from 'yaml';
import type { Running, RunningFleet } from './fleet.ts';

/** Helm values for the driver, in the shape that PSO's values had: `arrays.FlashArrays`, `arrays.FlashBlades`. Holds API tokens. */
export function valuesFor(fleet: Pick<RunningFleet, 'arrays' | 'blades'>): string {
  const FlashArrays = fleet.arrays.map(entryOf);
  const FlashBlades = fleet.blades.map(blade => ({ ...entryOf(blade), NFSEndPoint: blade.dataAddress }));
  return stringify({ arrays: { FlashArrays, FlashBlades } });
}

function entryOf({ endpoint, apiToken, labels, caCertificate }: Running): Record<string, unknown> {
  return { MgmtEndPoint: endpoint, APIToken: apiToken, Labels: labels, caBundle: caCertificate };
}
