import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { eventually } from '../support/eventually.ts';
import { apply, kubectl } from '../support/product/cluster.ts';
import { NAMESPACE, productLogs, RELEASE, upgradeChart } from '../support/product/install.ts';
import type { Product } from '../support/product/shared-product.ts';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import { awaitBound, eventsOf } from '../support/product/workloads.ts';
import { claim, storageClass } from './manifests.ts';

const CHART = path.resolve(import.meta.dirname, '../../charts/pure-pso');

interface Values {
  readonly arrays: { readonly FlashArrays: readonly Record<string, unknown>[] };
}

let product: Product;

beforeAll(async () => {
  product = await sharedProduct();
}, PRODUCT_LIMIT_MS);

afterAll(async () => {
  await kubectl(product.lab, ['delete', 'pvc', '--all', '--wait=false']);
}, 150_000);

const eventWith = (claimName: string, text: RegExp): Promise<number> =>
  eventually(`an event on ${claimName} that says ${String(text)}`, 60_000, async () =>
    (await eventsOf(product.lab, 'PersistentVolumeClaim', claimName)).some(({ message }) => text.test(message)),
  );

describe('on the claim', () => {
  it('an unknown class parameter is refused by name', async () => {
    await apply(product.lab, storageClass('bad-parameter', { iops_limitt: '500' }));
    await apply(product.lab, claim({ name: 'bad-parameter', class: 'bad-parameter' }));
    await eventWith('bad-parameter', /Parameter "iops_limitt" is unknown.*iops_limit/);
  }, 90_000);

  it('a limit out of range is refused with the range', async () => {
    await apply(product.lab, storageClass('bad-limit', { iops_limit: '50' }));
    await apply(product.lab, claim({ name: 'bad-limit', class: 'bad-limit' }));
    await eventWith('bad-limit', /iops_limit="50".*100 to 100000000/);
  }, 90_000);

  it('a size beyond 4 PiB is refused with what is possible', async () => {
    await apply(product.lab, storageClass('plain'));
    await apply(product.lab, claim({ name: 'too-big', class: 'plain', size: '5Pi' }));
    await eventWith('too-big', /at most 4 PiB/);
  }, 90_000);

  it('labels that no array has are answered array by array', async () => {
    await apply(product.lab, storageClass('nowhere', { arraySelector: 'env=mars' }));
    await apply(product.lab, claim({ name: 'nowhere', class: 'nowhere' }));
    await eventWith('nowhere', /No array fits.*zone-a: .*env=prod.*asked for: env=mars/);
  }, 90_000);
});

it.each([
  ['clusterID=not valid!', /clusterID/],
  ['arrays.FlashArrays[0].MgmtEndPoint=10.0.0.1', /FlashArrays\/0.*APIToken/],
])('Helm refuses --set %s and names the field', async (pair, field) => {
  const { code, stderr } = await product.lab.helm(['template', RELEASE, CHART, '--set', pair]);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(field);
});

describe('a bad array', () => {
  it('is named in the log with field and remedy, and the others go on', async () => {
    const { lab, fleet } = product;
    const good = parse(await readFile(fleet.valuesFile, 'utf8')) as Values;
    const [first, second, ...rest] = good.arrays.FlashArrays;
    const bad = [
      ...rest,
      { ...first, APIToken: 'wrong-token' },
      { ...second, MgmtEndPoint: '10.66.3.1:9' },
      { ...rest[0], MgmtEndPoint: 'nowhere.invalid' },
    ];
    const file = path.join(lab.paths.root, 'bad-values.yaml');
    await writeFile(file, stringify({ arrays: { FlashArrays: bad, FlashBlades: [] } }), { mode: 0o600 });
    await upgradeChart(lab, { valuesFiles: [file], set: ['storagetopology.enable=true'] });
    try {
      await apply(lab, storageClass('plain-2'));
      await eventually(
        'each bad array in the log',
        150_000,
        async () => {
          const logs = await productLogs(lab);
          return [
            /refused the API token/,
            /10\.66\.3\.1:9 cannot be reached/,
            /nowhere\.invalid cannot be reached/,
          ].every(text => text.test(logs));
        },
        2000,
      );
      await apply(lab, claim({ name: 'goes-on', class: 'plain-2' }));
      await awaitBound(lab, 'goes-on', 150_000);
    } finally {
      await upgradeChart(lab, { valuesFiles: [fleet.valuesFile], set: ['storagetopology.enable=true'] });
      // A new pod has the good arrays at once; else files that follow would meet the bad ones for a minute.
      const controller = ['-n', NAMESPACE, `deployment/${RELEASE}-controller`];
      await kubectl(lab, ['rollout', 'restart', ...controller]);
      await kubectl(lab, ['rollout', 'status', ...controller, '--timeout=120s']);
    }
  }, 420_000);
});

it('no API token is in a log, event, ConfigMap, annotation or command line', async () => {
  const { lab, fleet } = product;
  const values = parse(await readFile(fleet.valuesFile, 'utf8')) as Values;
  const tokens = [...values.arrays.FlashArrays.map(array => String(array.APIToken)), 'wrong-token'];
  const seen = [
    await productLogs(lab),
    await kubectl(lab, [
      'get',
      'events,pods,deployments,daemonsets,configmaps,pv,pvc,storageclasses,csinodes',
      '-A',
      '-o',
      'yaml',
    ]),
    ...(await Promise.all(
      lab.workers.map(worker => lab.guest(worker).output('cat /proc/[0-9]*/cmdline | tr "\\0" " "')),
    )),
  ].join('\n');
  expect(tokens.filter(token => seen.includes(token))).toEqual([]);
  expect(seen).toContain(NAMESPACE);
}, 60_000);
