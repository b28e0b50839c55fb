import { sharedLab } from '../../lab/shared-lab.ts';
import type { Lab } from '../../lab/lab.ts';
import { FleetService, fleetValuesFile, startFleetService } from './fleet-service.ts';
import { importDriverImage, installChart, isInstalled } from './install.ts';

export interface Product {
  readonly lab: Lab;
  readonly fleet: FleetService;
}

/** What `beforeAll` may take: a cold machine builds everything first. */
export const PRODUCT_LIMIT_MS = 35 * 60_000;

/** The product in this test run's lab: the first file that asks installs it on the fleet of test/cluster/fleet.yaml. */
export async function sharedProduct(): Promise<Product> {
  const lab = await sharedLab();
  if (await isInstalled(lab)) return { lab, fleet: new FleetService(lab, fleetValuesFile(lab)) };
  const [fleet] = await Promise.all([startFleetService(lab, 'test/cluster/fleet.yaml'), importDriverImage(lab)]);
  await installChart(lab, { valuesFiles: [fleet.valuesFile], set: ['storagetopology.enable=true'] });
  return { lab, fleet };
}
