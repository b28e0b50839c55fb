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
  volumes: [{ wwid: '3624a93700000000000000000000000a1', running: 2, down: 0 }],
};
export const HALF_BROKEN: PathHealth = {
  sessions: [{ isLoggedIn: true }, { isLoggedIn: false }],
  controllers: [{ isLive: false }],
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

const CLAIM = 'namespace="shop",persistentvolumeclaim="db"';

/** Volumes as a controller in a cluster shows them, and what a kubelet says of them. */
export function serveVolumes(array: string): Promise<MetricPage> {
  const metrics = new ControllerMetrics({ version: 'test', maxUsedPercent: 90 });
  const volume = {
    persistentVolume: 'pv-1',
    phase: 'Bound',
    namespace: 'shop',
    claim: 'db',
    storageClass: 'pure-block',
    sizeBytes: 2 ** 30,
    project: 'p-1',
    array,
    arrayVolume: 'k8s-pvc-1',
  };
  return servePage(async () => {
    const { body } = await metrics.scrape({ nowMs: 0, arrays: [], volumes: [volume], process: usage() });
    const ours = body.split('\n').filter(line => line.includes('pso_volume'));
    return `${ours.join('\n')}\nkubelet_volume_stats_used_bytes{${CLAIM}} 100\nkubelet_volume_stats_capacity_bytes{${CLAIM}} 400\n`;
  });
}
