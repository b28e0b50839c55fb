import { startFleet } from '../simulator/fleet.ts';
import type { ScenarioInput } from '../simulator/scenario.ts';

/** A fleet in a process of its own, so that arrays and driver do not share a core. Talks to its parent by messages. */
const [scenario = '{}'] = process.argv.slice(2);
const fleet = await startFleet(JSON.parse(scenario) as ScenarioInput, { validates: false });
const access = fleet.arrays.map(({ endpoint, apiToken, caCertificate, certificateSha256, labels }) => ({
  endpoint,
  apiToken,
  caCertificate,
  certificateSha256,
  labels,
}));
process.on('disconnect', () => process.exit(0));
process.send?.(access);
