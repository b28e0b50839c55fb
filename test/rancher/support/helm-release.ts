import { gunzipSync, gzipSync } from 'node:zlib';
import type { Lab } from '../../lab/lab.ts';
import { ClusterApi } from '../../support/product/api.ts';
import { helm } from '../../support/product/cluster.ts';
import { NAMESPACE, RELEASE } from '../../support/product/install.ts';

type ReleaseStatus = 'deployed' | 'failed' | 'pending-upgrade';

interface HelmRelease {
  readonly version: number;
  readonly info: { readonly status: ReleaseStatus };
}

/** What the user gave to the release, as Helm keeps it. */
export async function userValues(lab: Lab): Promise<Readonly<Record<string, unknown>>> {
  const text = await helm(lab, ['get', 'values', RELEASE, '--namespace', NAMESPACE, '--output', 'json']);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Whether Helm's last operation on the release has ended well; until then a revision has its values, but Helm is at work. */
export async function isDeployed(lab: Lab): Promise<boolean> {
  return (await newest(lab)).info.status === 'deployed';
}

async function newest(lab: Lab): Promise<HelmRelease> {
  const text = await helm(lab, ['status', RELEASE, '--namespace', NAMESPACE, '--output', 'json']);
  return JSON.parse(text) as HelmRelease;
}

interface Secret {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly data: { readonly release: string };
}

/** Writes into the newest revision what Helm would leave there, e.g. when it was killed amid an upgrade. */
export async function markRelease(lab: Lab, status: ReleaseStatus): Promise<void> {
  const path = `/api/v1/namespaces/${NAMESPACE}/secrets/sh.helm.release.v1.${RELEASE}.v${(await newest(lab)).version}`;
  const api = new ClusterApi(lab);
  try {
    const secret = await api.request<Secret>('GET', path);
    const kept = unpacked(secret.data.release);
    const metadata = { ...secret.metadata, labels: { ...secret.metadata.labels, status } };
    const release = packed({ ...kept, info: { ...kept.info, status } });
    await api.request('PUT', path, { ...secret, metadata, data: { release } });
  } finally {
    await api.close();
  }
}

// Helm compresses and encodes a release; Kubernetes encodes it once more.
const unpacked = (text: string): HelmRelease =>
  JSON.parse(gunzipSync(Buffer.from(Buffer.from(text, 'base64').toString(), 'base64')).toString()) as HelmRelease;
const packed = (release: HelmRelease): string =>
  Buffer.from(gzipSync(JSON.stringify(release)).toString('base64')).toString('base64');
