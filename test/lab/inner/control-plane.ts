import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../lab-error.ts';
import { HOST_ADDRESS, managementAddress, workerNames } from '../options.ts';
import { pathsUnder } from '../state.ts';
import type { ApiClient } from './api-client.ts';
import type { CertificateAuthority } from './certificates.ts';
import type { InnerConfig } from './config.ts';
import type { Services } from './services.ts';

const LOCAL = 'https://127.0.0.1:443';
/** Short, so that a powered-off node is noticed in seconds; the kubelets report every second. */
const NODE_GRACE = '8s';

/** All certificates of a cluster, those of the kubelets included. */
export async function issueCertificates(config: InnerConfig, authority: CertificateAuthority): Promise<void> {
  const dns = [
    'localhost',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  const addresses = ['127.0.0.1', '10.96.0.1', HOST_ADDRESS];
  const apiNames = [...dns.map(name => `DNS:${name}`), ...addresses.map(address => `IP:${address}`)].join(',');
  await Promise.all([
    authority.issueKey('sa'),
    authority.issue({
      name: 'apiserver',
      subject: '/CN=kube-apiserver',
      usage: 'serverAuth',
      alternativeNames: apiNames,
    }),
    authority.issue({ name: 'admin', subject: '/O=system:masters/CN=admin', usage: 'clientAuth' }),
    ...['controller-manager', 'scheduler'].map(name =>
      authority.issue({ name, subject: `/CN=system:kube-${name}`, usage: 'clientAuth' }),
    ),
    ...workerNames(config.settings).map(worker =>
      authority.issue({
        name: worker,
        subject: `/O=system:nodes/CN=system:node:${worker}`,
        usage: 'clientAuth,serverAuth',
        alternativeNames: `DNS:${worker},IP:${managementAddress(worker)}`,
      }),
    ),
  ]);
}

/** etcd and kube-apiserver. The API server listens on 443 of every address, so pods reach it without kube-proxy. */
export function startApiServer(config: InnerConfig, authority: CertificateAuthority, services: Services): void {
  const { scratch } = pathsUnder(config.root);
  const data = path.join(scratch, 'etcd');
  mkdirSync(data, { mode: 0o700 });
  services.start({
    name: 'etcd',
    program: binary(config, 'etcd'),
    args: [
      '--name=lab', `--data-dir=${data}`, '--unsafe-no-fsync', '--snapshot-count=100000', '--quota-backend-bytes=2147483648',
      '--listen-client-urls=http://127.0.0.1:2379', '--advertise-client-urls=http://127.0.0.1:2379',
      '--listen-peer-urls=http://127.0.0.1:2380', '--initial-advertise-peer-urls=http://127.0.0.1:2380',
      '--initial-cluster=lab=http://127.0.0.1:2380', '--log-level=warn',
    ],
  }); // prettier-ignore
  services.start({
    name: 'kube-apiserver',
    program: binary(config, 'kube-apiserver'),
    args: [
      '--etcd-servers=http://127.0.0.1:2379', '--bind-address=0.0.0.0', '--secure-port=443',
      // A loopback address is not allowed in EndpointSlices, hence no reconciler.
      '--advertise-address=127.0.0.1', '--endpoint-reconciler-type=none',
      `--tls-cert-file=${authority.certificate('apiserver')}`, `--tls-private-key-file=${authority.key('apiserver')}`,
      `--client-ca-file=${authority.certificate('ca')}`, '--anonymous-auth=false',
      '--authorization-mode=Node,RBAC', '--enable-admission-plugins=NodeRestriction',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${authority.key('sa')}`, `--service-account-signing-key-file=${authority.key('sa')}`,
      '--service-cluster-ip-range=10.96.0.0/16', '--allow-privileged=true',
      `--kubelet-client-certificate=${authority.certificate('admin')}`, `--kubelet-client-key=${authority.key('admin')}`,
      '--kubelet-preferred-address-types=InternalIP',
    ],
  }); // prettier-ignore
}

/** Waits for `/readyz`; an API server that ended is reported at once. */
export async function apiServerReady(api: ApiClient, services: Services): Promise<void> {
  for (let attempt = 0; attempt < 1200; attempt += 1) {
    const { status } = await api.send('GET', '/readyz');
    if (status === 200) return;
    if (!services.isRunning('kube-apiserver')) break;
    await sleep(50);
  }
  throw new LabError(
    'kube-apiserver did not become ready.',
    'See `npm run lab -- logs kube-apiserver` and `… logs etcd`.',
  );
}

/** Controller manager, scheduler, snapshot controller. They need a ready API server. */
export function startControllers(config: InnerConfig, authority: CertificateAuthority, services: Services): void {
  const kubeconfig = (name: string): string => writeKubeconfig(authority, name, LOCAL);
  const login = (file: string): readonly string[] =>
    ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(flag => `--${flag}=${file}`);
  const common = ['--bind-address=127.0.0.1', '--leader-elect=false', '--kube-api-qps=200', '--kube-api-burst=400'];
  services.start({
    name: 'kube-controller-manager',
    program: binary(config, 'kube-controller-manager'),
    args: [
      ...login(kubeconfig('controller-manager')), ...common, '--use-service-account-credentials=true',
      `--service-account-private-key-file=${authority.key('sa')}`, `--root-ca-file=${authority.certificate('ca')}`,
      `--node-monitor-grace-period=${NODE_GRACE}`, '--node-monitor-period=1s',
      '--attach-detach-reconcile-sync-period=1m',
    ],
  }); // prettier-ignore
  services.start({
    name: 'kube-scheduler',
    program: binary(config, 'kube-scheduler'),
    args: [...login(kubeconfig('scheduler')), ...common],
  });
}

/** Needs the snapshot CustomResourceDefinitions. */
export function startSnapshotController(
  config: InnerConfig,
  authority: CertificateAuthority,
  services: Services,
): void {
  services.start({
    name: 'snapshot-controller',
    program: path.join(config.artefacts.csi, 'snapshot-controller'),
    args: [
      `--kubeconfig=${writeKubeconfig(authority, 'admin', LOCAL)}`,
      '--leader-election=false',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ],
  });
}

/** Hands every kubelet its certificate and labels; a kubelet starts as soon as its kubeconfig appears. */
export function releaseKubelets(config: InnerConfig, authority: CertificateAuthority): void {
  const folder = path.join(pathsUnder(config.root).share, 'pki');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copyFileSync(authority.certificate('ca'), path.join(folder, 'ca.crt'));
  for (const worker of workerNames(config.settings)) {
    copyFileSync(authority.certificate(worker), path.join(folder, `${worker}.crt`));
    copyFileSync(authority.key(worker), path.join(folder, `${worker}.key`));
    const labels = Object.entries(config.settings.labels[worker] ?? {}).map(([key, value]) => `${key}=${value}`);
    writeFileSync(path.join(folder, `${worker}.labels`), labels.join(','));
    const unfinished = path.join(folder, `.${worker}`);
    writeFileSync(unfinished, authority.kubeconfig(worker, `https://${HOST_ADDRESS}:443`), { mode: 0o600 });
    renameSync(unfinished, path.join(folder, `${worker}.kubeconfig`));
  }
}

function writeKubeconfig(authority: CertificateAuthority, name: string, server: string): string {
  const file = path.join(authority.folder, `${name}.kubeconfig`);
  writeFileSync(file, authority.kubeconfig(name, server), { mode: 0o600 });
  return file;
}

function binary(config: InnerConfig, name: string): string {
  return path.join(config.artefacts.kubernetes, name);
}
