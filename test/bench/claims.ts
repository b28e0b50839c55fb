import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { NODE_FLAGS } from '../../scripts/image/driver-image.ts';
import { startLab, type Lab } from '../lab/lab.ts';
import { startController } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { ClusterApi } from '../support/product/api.ts';
import { ensure } from '../tools/ensure.ts';
import { csiTools } from '../tools/go-tools.ts';
import type { Bench } from './bench.ts';
import { round } from './bench.ts';
import { forkFleet, writeBundle } from './fleet-process.ts';

const CLAIMS_PATH = '/api/v1/namespaces/default/persistentvolumeclaims';
const CLASS = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'bench' },
  provisioner: 'pure-csi',
  parameters: { backend: 'block' },
};
/** From the API server's memory: who looks on must not slow down what is measured. */
const FROM_CACHE = 'resourceVersion=0';
const LIMIT_MS = 120_000;
const AT_ONCE = 16;

const claim = (name: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: CLASS.metadata.name,
    resources: { requests: { storage: '1Gi' } },
  },
});

/** The flags that the chart gives it, but for the election of a leader. */
async function startProvisioner(lab: Lab, csiEndpoint: string): Promise<ChildProcess> {
  const program = path.join(await ensure(csiTools), 'csi-provisioner');
  const flags = [
    `--csi-address=${csiEndpoint.replace('unix://', '')}`, `--kubeconfig=${lab.kubeconfig}`, '--timeout=60s',
    '--worker-threads=100', '--kube-api-qps=200', '--kube-api-burst=400', '--retry-interval-start=500ms',
    '--extra-create-metadata', '--feature-gates=Topology=false',
  ]; // prettier-ignore
  return spawn(program, flags, { stdio: 'ignore' });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function createAll(api: ClusterApi, prefix: string, count: number): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      await api.request('POST', CLAIMS_PATH, claim(`${prefix}-${index}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

interface Claims {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly phase: string };
  }[];
}

/** Claims a second, from the first request to the last claim that is Bound. */
async function boundPerSecond(api: ClusterApi, prefix: string, count: number): Promise<number> {
  const started = performance.now();
  await createAll(api, prefix, count);
  await eventually(`${count} claims Bound`, LIMIT_MS, async () => {
    const { items } = await api.request<Claims>('GET', `${CLAIMS_PATH}?${FROM_CACHE}`);
    return items.filter(({ metadata, status }) => metadata.name.startsWith(`${prefix}-`) && status.phase === 'Bound').length === count; // prettier-ignore
  });
  return count / ((performance.now() - started) / 1000);
}

/** How fast Kubernetes gets its volumes: real API server, controller manager and provisioner, the bundled driver, no guest's slowness. */
export const claims: Bench = {
  name: 'claims',
  summary: 'claims Bound a second in a burst: real API server and provisioner beside the driver, all on this machine',
  options: { claims: { value: 200, meaning: 'in the burst' } },
  run: async ({ claims: count = 200 }, say) => {
    const fleet = await forkFleet({
      arrays: ['fa1', 'fa2', 'fa3'].map(name => ({ name, size: '100Ti', restVersion: '2.44' })),
    });
    const program = await writeBundle();
    const lab = await startLab({ name: `bench-${process.pid}`, workers: 1 });
    const driver = await startController(fleet.arrays, { program: program.main, nodeFlags: NODE_FLAGS });
    const provisioner = await startProvisioner(lab, driver.csiEndpoint);
    const api = new ClusterApi(lab);
    try {
      await api.request('POST', '/apis/storage.k8s.io/v1/storageclasses', CLASS);
      await boundPerSecond(api, 'warm', 5);
      const perSecond = round(await boundPerSecond(api, 'burst', count), 1);
      say(`${count} claims Bound at ${perSecond}/s`);
      return { figures: { claims: count, boundPerSecond: perSecond }, bars: { boundPerSecond: { min: 40 } } };
    } finally {
      await api.close();
      await end(provisioner);
      await driver.stop();
      await lab.stop();
      await fleet.stop();
      await program.remove();
    }
  },
};
