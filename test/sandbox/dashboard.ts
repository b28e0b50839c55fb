import type { Lab } from '../lab/lab.ts';
import { ensureDashboardArtefacts } from '../rancher/support/rancher-artefacts.ts';
import { Rancher } from '../rancher/support/rancher.ts';
import { userValues } from '../rancher/support/helm-release.ts';
import { NAMESPACE, RELEASE } from '../support/product/install.ts';
import type { Account } from './account.ts';

/** Rancher's dashboard with our extension, and the release as if it came from our catalog there: so it can be edited. */
export async function showDashboard(lab: Lab, account: Account): Promise<Rancher> {
  const rancher = await Rancher.start(lab, await ensureDashboardArtefacts());
  account.step('Rancher serves its dashboard with our extension');
  const values = await userValues(lab);
  await rancher.install({ chart: 'pure-pso', release: RELEASE, namespace: NAMESPACE, values });
  account.step('the release belongs to the catalog of that dashboard');
  console.log(`
Dashboard: ${rancher.url}/c/local/pso/overview
  log in as admin, or as viewer, who may only read; password ${rancher.password}`);
  return rancher;
}
