import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { LabError } from '../lab-error.ts';
import { workerNames } from '../options.ts';
import { pathsUnder } from '../state.ts';
import { ApiClient } from './api-client.ts';
import { CertificateAuthority } from './certificates.ts';
import type { InnerConfig } from './config.ts';
import {
  apiServerReady,
  issueCertificates,
  releaseKubelets,
  startApiServer,
  startControllers,
  startSnapshotController,
} from './control-plane.ts';
import type { Progress } from './progress.ts';
import type { Services } from './services.ts';

/** Brings up the whole cluster, from certificates to nodes that are Ready. The guests boot meanwhile. */
export async function startCluster(config: InnerConfig, services: Services, progress: Progress): Promise<void> {
  const { scratch, kubeconfig } = pathsUnder(config.root);
  const authority = await CertificateAuthority.create(path.join(scratch, 'pki'));
  await issueCertificates(config, authority);
  startApiServer(config, authority, services);
  writeFileSync(kubeconfig, authority.kubeconfig('admin', `https://127.0.0.1:${config.settings.apiPort}`), {
    mode: 0o600,
  });
  const api = new ApiClient(authority);
  try {
    await apiServerReady(api, services);
    progress.say('API server ready');
    releaseKubelets(config, authority);
    startControllers(config, authority, services);
    await createSnapshotKinds(config, api);
    startSnapshotController(config, authority, services);
    await nodesReady(config, api);
    await defaultServiceAccount(api);
    progress.say(`${config.settings.workers} nodes Ready`);
  } finally {
    api.close();
  }
}

async function createSnapshotKinds(config: InnerConfig, api: ApiClient): Promise<void> {
  const folder = config.artefacts.snapshotCrds;
  const files = readdirSync(folder).filter(file => file.endsWith('.yaml') && file !== 'kustomization.yaml');
  const kinds = files.map(file => parse(readFileSync(path.join(folder, file), 'utf8')) as unknown);
  await Promise.all(kinds.map(kind => api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', kind)));
}

interface NodeList {
  readonly items: readonly { readonly status: { readonly conditions?: readonly { type: string; status: string }[] } }[];
}

async function nodesReady(config: InnerConfig, api: ApiClient): Promise<void> {
  for (let attempt = 0; attempt < 900; attempt += 1) {
    const { status, body } = await api.send('GET', '/api/v1/nodes');
    const items = status === 200 ? (JSON.parse(body) as NodeList).items : [];
    const ready = items.filter(node => node.status.conditions?.some(c => c.type === 'Ready' && c.status === 'True'));
    if (ready.length === config.settings.workers) return;
    await sleep(100);
  }
  const [first] = workerNames(config.settings);
  throw new LabError(
    'The nodes did not become Ready.',
    `See \`npm run lab -- node ${first} tail /var/log/kubelet.log\`.`,
  );
}

/** Pods are refused until the controller manager has made it. */
async function defaultServiceAccount(api: ApiClient): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const { status } = await api.send('GET', '/api/v1/namespaces/default/serviceaccounts/default');
    if (status === 200) return;
    await sleep(100);
  }
  throw new LabError(
    'The default service account did not appear.',
    'See `npm run lab -- logs kube-controller-manager`.',
  );
}
