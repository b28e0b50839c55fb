import { startLab } from '../../lab/lab.ts';
import { ensureRancherArtefacts } from '../../rancher/support/rancher-artefacts.ts';
import { launchBrowser, type Browser } from '../../rancher/support/playwright.ts';
import { Rancher } from '../../rancher/support/rancher.ts';
import { NAMESPACE, RELEASE } from '../../support/product/install.ts';
import { type FullArray, fullArrays, storeObjects } from './stored-objects.ts';

const ETCD = '127.0.0.1:2379';

/** The real dashboard on a real cluster that has been full for long. No pod of the driver runs: only what it left there is looked at. */
export interface FullStage {
  readonly rancher: Rancher;
  readonly browser: Browser;
  close(): Promise<void>;
}

export async function startFullStage(
  counts: { readonly arrays: number; readonly volumes: number },
  say: (line: string) => void,
): Promise<FullStage> {
  const artefacts = await ensureRancherArtefacts();
  const forwards = [{ name: 'etcd', to: ETCD }];
  const lab = await startLab({ name: `bench-${process.pid}`, workers: 1, forwards });
  say('a cluster is up');
  try {
    const arrays = fullArrays(counts.arrays);
    const rancher = await Rancher.start(lab, artefacts);
    await install(rancher, arrays);
    await storeObjects(`http://${lab.forwardAddress('etcd')}`, counts.volumes, arrays);
    say(`${counts.arrays} arrays and ${counts.volumes} volumes are there`);
    const browser = await launchBrowser(artefacts.browser);
    return {
      rancher,
      browser,
      close: async () => {
        await browser.close();
        await rancher.close();
        await lab.stop();
      },
    };
  } catch (error) {
    await lab.stop();
    throw error;
  }
}

/** A release from the catalog, with its definitions, its Secret and no node that would take its pods. */
async function install(rancher: Rancher, arrays: readonly FullArray[]): Promise<void> {
  const FlashArrays = arrays.map(({ endpoint, id, labels }) => ({
    MgmtEndPoint: endpoint,
    APIToken: id,
    Labels: labels,
  }));
  const values = { clusterID: 'bench', nodeSelector: { 'bench/nowhere': 'true' }, arrays: { FlashArrays } };
  await rancher.install({ chart: 'pure-pso', release: RELEASE, namespace: NAMESPACE, values, isAwaited: false });
}
