import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ControllerMetrics } from '../../../driver/src/metrics/controller-metrics.ts';
import type { PathHealth } from '../../../driver/src/metrics/node-metrics.ts';
import { NodeMetrics } from '../../../driver/src/metrics/node-metrics.ts';

/** A page of metrics; what it shows is made at each scrape. */
export interface MetricPage {
  readonly address: string;
  close(): Promise<void>;
}

async function servePage(body: () => Promise<string>): Promise<MetricPage> {
  const server = createServer((_request, response) => {
    void body().then(text => {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      response.end(text);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const usage = () => ({
  startedAtSeconds: Date.now() / 1000,
  cpuSeconds: process.cpuUsage().user / 1e6,
  residentBytes: process.memoryUsage.rss(),
  busyRatio: 0.1,
});

export const HEALTHY: PathHealth = {
  sessions: [{ isLoggedIn: true }, { isLoggedIn: true }],
  controllers: [{ isLive: true }],
  fcPaths: [{ isOnline: true }],
  volumes: [{ wwid: '3624a93700000000000000000000000a1', running: 2, down: 0 }],
};
export const HALF_BROKEN: PathHealth = {
  sessions: [{ isLoggedIn: true }, { isLoggedIn: false }],
  controllers: [{ isLive: false }],
  fcPaths: [{ isOnline: false }],
  volumes: [
    { wwid: '3624a93700000000000000000000000a1', running: 1, down: 1 },
    { wwid: '3624a93700000000000000000000000a2', running: 0, down: 2 },
  ],
};

/** The node plugin's own metrics over a node that the test makes up: a kernel with broken paths is in the lab only. */
export async function serveNode(health: () => PathHealth): Promise<MetricPage & { readonly metrics: NodeMetrics }> {
  const metrics = new NodeMetrics({ version: 'test', hasVolumeSeries: true });
  const page = await servePage(async () => (await metrics.scrape(health(), usage())).body);
  return { ...page, metrics };
}

/** Claims with their class, size in GiB and used share. */
const CLAIMS = [
  { namespace: 'shop', claim: 'db', storageClass: 'pure-block', gib: 64, used: 0.86, project: 'p-1' },
  { namespace: 'shop', claim: 'sessions', storageClass: 'pure-block', gib: 8, used: 0.31, project: 'p-1' },
  { namespace: 'shop', claim: 'pictures', storageClass: 'pure-file', gib: 512, used: 0.44, project: 'p-1' },
  { namespace: 'mail', claim: 'spool', storageClass: 'pure-block', gib: 128, used: 0.93, project: 'p-2' },
  { namespace: 'mail', claim: 'archive', storageClass: 'pure-file', gib: 1024, used: 0.62, project: 'p-2' },
] as const;

/** Volumes as a controller in a cluster shows them, and what a kubelet says of them. */
export function serveVolumes(arrays: readonly string[]): Promise<MetricPage> {
  const metrics = new ControllerMetrics({ version: 'test', maxUsedPercent: 90 });
  const volumes = CLAIMS.map(({ namespace, claim, storageClass, gib, project }, index) => ({
    persistentVolume: `pvc-${index}`,
    phase: 'Bound',
    namespace,
    claim,
    storageClass,
    sizeBytes: gib * 2 ** 30,
    project,
    array: arrays[index % arrays.length] ?? '',
    arrayVolume: `k8s-pvc-${index}`,
  }));
  const used = CLAIMS.flatMap(({ namespace, claim, gib, used }) => {
    const labels = `{namespace="${namespace}",persistentvolumeclaim="${claim}"}`;
    const bytes = { used: Math.round(used * gib * 2 ** 30), capacity: gib * 2 ** 30 };
    return Object.entries(bytes).map(([name, value]) => `kubelet_volume_stats_${name}_bytes${labels} ${value}`);
  });
  return servePage(async () => {
    const { body } = await metrics.scrape({ nowMs: 0, arrays: [], volumes, process: usage() });
    const ours = body.split('\n').filter(line => line.includes('pso_volume'));
    return `${[...ours, ...used].join('\n')}\n`;
  });
}
