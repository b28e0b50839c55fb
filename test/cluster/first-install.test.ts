import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { projectVersion, writeDriverImage } from '../../scripts/image/driver-image.ts';
import type { Lab } from '../lab/lab.ts';
import { sharedLab } from '../lab/shared-lab.ts';
import type { CatalogServer } from '../rancher/support/catalog-server.ts';
import { startCatalogServer } from '../rancher/support/catalog-server.ts';
import { eventually } from '../support/eventually.ts';
import { helm, kubectl, kubectlJson } from '../support/product/cluster.ts';
import { fleetValuesFile } from '../support/product/fleet-service.ts';
import { awaitDriverOnNodes, installChart, isInstalled, NAMESPACE, RELEASE } from '../support/product/install.ts';
import { PRODUCT_LIMIT_MS } from '../support/product/shared-product.ts';
import { claim } from './manifests.ts';

interface Items<Item> {
  readonly items: readonly Item[];
}
interface Pod {
  readonly spec: { readonly containers: readonly Container[]; readonly initContainers?: readonly Container[] };
}
interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: string;
}

interface Entry {
  readonly version: string;
  readonly urls: readonly string[];
}
interface Index {
  readonly entries: Readonly<Record<'pure-pso' | 'pso-ui', readonly Entry[]>>;
}

const TEAM = 'first';

let lab: Lab;
let catalog: CatalogServer;
let wasInstalled = false;

const uninstall = () => helm(lab, ['uninstall', RELEASE, '--namespace', NAMESPACE, '--wait', '--timeout', '120s']);

/** As README says: no registry, the archive of `npm run image` on every node; the chart from a catalog, no value set. */
beforeAll(async () => {
  lab = await sharedLab();
  wasInstalled = await isInstalled(lab);
  if (wasInstalled) await uninstall();
  const archive = path.join(lab.paths.root, 'driver.tar');
  await writeDriverImage({ output: archive });
  await Promise.all(lab.workers.map(worker => lab.importImage(worker, archive)));
  catalog = await startCatalogServer();
  await helm(lab, ['repo', 'add', 'pure', catalog.url]);
  const options = ['--namespace', NAMESPACE, '--create-namespace', '--wait', '--timeout', '120s'];
  await helm(lab, ['install', RELEASE, 'pure/pure-pso', ...options]);
  await awaitDriverOnNodes(lab);
  await kubectl(lab, ['create', 'namespace', TEAM]);
}, PRODUCT_LIMIT_MS);

afterAll(async () => {
  await catalog.close();
  await kubectl(lab, ['delete', 'namespace', TEAM, '--wait=false', '--ignore-not-found']);
  await helm(lab, ['repo', 'remove', 'pure']);
  await uninstall();
  const others = { valuesFiles: [fleetValuesFile(lab)], set: ['storagetopology.enable=true'] };
  if (wasInstalled) await installChart(lab, others);
}, 300_000);

describe('the chart of a catalog, with its default values', () => {
  it('runs from the image that was put onto the nodes', async () => {
    const { items } = await kubectlJson<Items<Pod>>(lab, ['get', 'pods', '-n', NAMESPACE]);
    const drivers = items
      .flatMap(({ spec }) => [...(spec.initContainers ?? []), ...spec.containers])
      .filter(({ name }) => name === 'driver');
    expect(drivers.length).toBeGreaterThanOrEqual(2 + lab.workers.length);
    const expected = { image: `pure-pso/driver:${await projectVersion()}`, imagePullPolicy: 'IfNotPresent' };
    for (const driver of drivers) expect(driver).toMatchObject(expected);
  });

  it('says in its notes and in its log that no array is configured, and what to do', async () => {
    const notes = await helm(lab, ['get', 'notes', RELEASE, '--namespace', NAMESPACE]);
    expect(notes).toContain('Arrays: none yet, so no claim can be bound. Add arrays.FlashArrays');
    const log = await kubectl(lab, ['logs', '-n', NAMESPACE, `deployment/${RELEASE}-controller`, '-c', 'driver']);
    expect(log).toContain(
      'No array is configured: claims wait until arrays.FlashArrays or arrays.FlashBlades names one.',
    );
  });

  it('says it to whoever claims a volume, as an event of the claim', async () => {
    const manifest = claim({ name: 'early', class: 'pure-block' });
    await kubectl(lab, ['apply', '-n', TEAM, '-f', '-'], { stdin: manifest });
    await eventually('an event says it', 60_000, async () => {
      const events = await kubectl(lab, ['get', 'events', '-n', TEAM, '-o', 'jsonpath={.items[*].message}']);
      return events.includes('No array is configured, so 1 GiB cannot be placed.');
    });
    await kubectl(lab, ['delete', 'persistentvolumeclaim', '-n', TEAM, 'early', '--timeout=30s']);
  }, 90_000);
});

describe('the image that serves the catalog where there is no internet', () => {
  const NAME = 'pure-pso-catalog';
  const PROXY = `/api/v1/namespaces/${TEAM}/services/${NAME}-svc:8080/proxy`;
  const get = (file: string) => kubectl(lab, ['get', '--raw', `${PROXY}/${file}`]);

  /** As Rancher's dialog makes it, and with less rights. */
  const manifest = (image: string): string => `
apiVersion: v1
kind: Service
metadata: { name: ${NAME}-svc }
spec: { selector: { app: ${NAME} }, ports: [{ port: 8080 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: ${NAME}, labels: { app: ${NAME} } }
spec:
  terminationGracePeriodSeconds: 0
  nodeName: ${lab.workers[0] ?? ''}
  securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
  containers:
    - name: container-0
      image: ${image}
      imagePullPolicy: Never
      readinessProbe: { httpGet: { path: /index.yaml, port: 8080 }, periodSeconds: 1 }
      securityContext:
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
`;

  it('gives the chart to Helm, and the files of the extension to Rancher, as an ordinary user', async () => {
    const archive = path.join(lab.paths.root, 'catalog.tar');
    const image = `pure-pso/${NAME}:1.2.3`;
    const pack = ['scripts/pack/cli.ts', '--image', archive, '--image-name', image];
    await promisify(execFile)(process.execPath, pack);
    await lab.importImage(lab.workers[0] ?? '', archive);
    await kubectl(lab, ['apply', '-n', TEAM, '-f', '-'], { stdin: manifest(image) });
    await kubectl(lab, ['wait', '-n', TEAM, '--for=condition=Ready', `pod/${NAME}`, '--timeout=60s']);
    await eventually('the service knows its pod', 60_000, async () => (await get('index.yaml')) !== '');
    const index = parse(await get('index.yaml')) as Index;
    const [extension] = index.entries['pso-ui'];
    const place = `extensions/pso-ui/${extension?.version ?? ''}`;
    const files = (await get(`${place}/files.txt`)).trim().split('\n');
    expect(files).toContain('plugin/package.json');
    expect(JSON.parse(await get(`${place}/plugin/package.json`))).toMatchObject({ version: extension?.version });
    const chart = index.entries['pure-pso'][0]?.urls[0] ?? '';
    expect((await get(chart)).length).toBeGreaterThan(10_000);
  }, 240_000);
});
