import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { applyFile, kubectl, kubectlJson } from '../support/product/cluster.ts';
import type { Product } from '../support/product/shared-product.ts';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import { attachments, awaitBound, awaitDatabase, awaitReady, sql } from '../support/product/workloads.ts';

const MANIFESTS = path.resolve(import.meta.dirname, '../sandbox/manifests');
const POD = 'postgres-0';
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service=nodeshutdown:NoExecute';

let product: Product;
/** Rows that the database has said it committed. */
let committed = 0;

beforeAll(async () => {
  product = await sharedProduct();
  const { lab } = product;
  await applyFile(lab, path.join(MANIFESTS, 'claim.yaml'));
  await awaitBound(lab, 'demo-database', 60_000);
  await applyFile(lab, path.join(MANIFESTS, 'postgres.yaml'));
  await awaitReady(lab, POD, 180_000);
  await awaitDatabase(product.lab, POD, 90_000);
  await sql(lab, POD, 'create table t(i int, s text)');
}, PRODUCT_LIMIT_MS);

afterEach(async () => {
  for (const node of product.lab.workers) await kubectl(product.lab, ['uncordon', node]);
}, 150_000);

afterAll(async () => {
  const { lab } = product;
  await kubectl(lab, ['delete', 'statefulset', 'postgres', '--cascade=foreground', '--timeout=60s'], {
    timeoutMs: 70_000,
  });
  await kubectl(lab, ['delete', 'pvc', 'demo-database', '--timeout=60s'], { timeoutMs: 70_000 });
}, 150_000);

async function commitRows(): Promise<void> {
  await sql(
    product.lab,
    POD,
    `insert into t select g, md5(g::text) from generate_series(${committed + 1},${committed + 5000}) g`,
  );
  committed += 5000;
}

async function expectEveryRow(): Promise<void> {
  const found = await sql(product.lab, POD, 'select count(*), coalesce(sum(i),0), count(distinct s) from t');
  expect(found).toBe(`${committed}|${(committed * (committed + 1)) / 2}|${committed}`);
}

const nodeOf = async (): Promise<string> =>
  (await kubectlJson<{ spec: { nodeName: string } }>(product.lab, ['get', 'pod', POD])).spec.nodeName;

/** No device or map on the node, no connection of it on any array. */
async function expectClean(node: string): Promise<void> {
  await eventually(
    `${node} holds nothing of the volume`,
    30_000,
    async () => (await attachments(product.lab, node)).devices === '',
  );
  const connections = (await product.fleet.states()).flatMap(array => array.connections);
  expect(connections.filter(({ host }) => host === node)).toEqual([]);
}

it('follows its pod when the node is drained', async () => {
  await commitRows();
  const from = await nodeOf();
  await kubectl(
    product.lab,
    ['drain', from, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=120s'],
    { timeoutMs: 130_000 },
  );
  await awaitReady(product.lab, POD, 120_000, from);
  await awaitDatabase(product.lab, POD, 90_000);
  await expectEveryRow();
  await expectClean(from);
}, 300_000);

it('follows its pod when the pod is deleted and may not come back to its node', async () => {
  await commitRows();
  const from = await nodeOf();
  await kubectl(product.lab, ['cordon', from]);
  await kubectl(product.lab, ['delete', 'pod', POD, '--wait=false']);
  await awaitReady(product.lab, POD, 120_000, from);
  await awaitDatabase(product.lab, POD, 90_000);
  await expectEveryRow();
  await expectClean(from);
}, 240_000);

it('survives a power cut of its node', async () => {
  const { lab } = product;
  await commitRows();
  const from = await nodeOf();
  await lab.guest(from).kill();
  await eventually(`${from} NotReady`, 90_000, async () =>
    (await kubectl(lab, ['get', 'node', from, '--no-headers'])).includes('NotReady'),
  );
  await kubectl(lab, ['taint', 'node', from, OUT_OF_SERVICE]);
  try {
    await awaitReady(lab, POD, 180_000, from);
    await awaitDatabase(product.lab, POD, 90_000);
    await expectEveryRow();
  } finally {
    await lab.guest(from).start();
    await kubectl(lab, ['wait', `node/${from}`, '--for=condition=Ready', '--timeout=90s'], { timeoutMs: 100_000 });
    await kubectl(lab, ['taint', 'node', from, `${OUT_OF_SERVICE}-`]);
  }
  await expectClean(from);
  await commitRows();
  await expectEveryRow();
}, 420_000);
