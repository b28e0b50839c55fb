import { stringify } from 'yaml';
import type { RunningFleet } from './fleet.ts';

/** Helm values for the driver, in the shape that PSO's values had: `arrays.FlashArrays`. Holds API tokens. */
export function valuesFor(fleet: RunningFleet): string {
  const FlashArrays = fleet.arrays.map(({ endpoint, apiToken, labels, caCertificate }) => ({
    MgmtEndPoint: endpoint,
    APIToken: apiToken,
    Labels: labels,
    caBundle: caCertificate,
  }));
  return stringify({ arrays: { FlashArrays, FlashBlades: [] } });
}
