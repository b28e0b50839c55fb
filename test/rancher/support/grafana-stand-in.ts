import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../support/eventually.ts';
import { apply, kubectl } from '../../support/product/cluster.ts';
import { testImage } from '../../support/product/install.ts';

const NAMESPACE = 'cattle-monitoring-system';
const NAME = 'rancher-monitoring-grafana';
const PORT = 3000;

/** No Grafana: it lists two of our dashboards as Grafana's `/api/search` does, and for a dashboard answers a page that says what it is. */
const PROGRAM = `
  const boards = ['Node', 'Fleet'].map(name => ({
    uid: 'pso-' + name.toLowerCase(), title: 'Pure PSO / ' + name, type: 'dash-db', tags: ['pure-pso'],
  }));
  const page = '<html><body><div class="panel-container">A stand-in for Grafana.</div></body></html>';
  require('node:http').createServer((request, response) => {
    const isSearch = request.url.includes('/api/search');
    response.setHeader('content-type', isSearch ? 'application/json' : 'text/html');
    response.end(isSearch ? JSON.stringify(boards) : page);
  }).listen(${PORT});
`;

const { name: image, tag, pullPolicy: imagePullPolicy } = testImage.images.plugin;
const place = { name: NAME, namespace: NAMESPACE };
/** The API server passes nothing on to what is no pod. */
const objects = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: place,
    spec: { selector: { app: NAME }, ports: [{ name: 'http', port: 80, targetPort: PORT }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...place, labels: { app: NAME } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        { name: 'web', image: `${image}:${tag}`, imagePullPolicy, command: ['/usr/local/bin/node', '-e', PROGRAM] },
      ],
    },
  },
];

/** Under the Service that Rancher's monitoring has. */
export async function startGrafanaStandIn(lab: Lab): Promise<{ close(): Promise<void> }> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  // A new namespace takes no pod before it has its service account.
  await eventually('Grafana is made', 60_000, () => apply(lab, list).then(() => true), 1000);
  await kubectl(lab, ['wait', `pod/${NAME}`, '--namespace', NAMESPACE, '--for=condition=Ready', '--timeout=60s']);
  return {
    close: async () => {
      await kubectl(lab, ['delete', `service/${NAME}`, `pod/${NAME}`, '--namespace', NAMESPACE, '--timeout=60s']);
    },
  };
}
