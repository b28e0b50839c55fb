import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ArrayState } from '../../driver/src/domain/array.ts';
import type { NodeReport } from '../../driver/src/domain/node-report.ts';
import { silentLogger } from '../../driver/src/lib/logger.ts';
import { ManualClock } from '../../driver/src/lib/manual-clock.ts';
import { Leadership } from '../../driver/src/kube/leadership.ts';
import { StorageArrays } from '../../driver/src/kube/storage-arrays.ts';
import { StorageNode } from '../../driver/src/kube/storage-node.ts';
import { ObjectStore } from '../../driver/src/kube/testing/object-store.ts';
import type { JsonSchema } from '../../scripts/generate/values-json-schema.ts';
import { find, render, TOOLS_TIMEOUT_MS, type KubeObject } from './support/chart.ts';

interface Definition extends KubeObject {
  readonly spec: {
    readonly names: { readonly plural: string };
    readonly versions: readonly [
      {
        readonly additionalPrinterColumns: readonly { readonly name: string; readonly jsonPath: string }[];
        readonly schema: { readonly openAPIV3Schema: JsonSchema };
      },
    ];
  };
}

const state: ArrayState = {
  settings: { endpoint: '10.0.0.1:443', kind: 'flasharray', labels: { env: 'dev' }, cordoned: false },
  trouble: 'It is away.',
  observation: {
    identity: { id: 'u', name: 'fa1', kind: 'flasharray', model: 'X', purityVersion: '6.6', restVersion: '2.26' },
    capacity: { totalBytes: 2, usedBytes: 1, provisionedBytes: 3 },
    load: { iops: 1, bytesPerSecond: 1, latencyMicroseconds: 1, queueMicroseconds: 1 },
    protocols: ['iscsi'],
    supportsQos: true,
    warnings: ['Controller CT1 is not ready.'],
    observedAtMs: 0,
  },
};
const report: NodeReport = {
  name: 'n1',
  uid: 'u',
  driverVersion: '1.2.3',
  addresses: ['10.0.0.1'],
  initiators: { iqn: 'iqn.x', nqn: 'nqn.x', wwpns: ['5001'] },
  topology: { zone: 'a' },
  paths: { sessions: 1, sessionsDown: 1, volumes: 1, pathsDown: 1 },
  findings: [{ check: 'initiator', severity: 'Error', message: 'None.' }],
};

/** An object of each kind with every field that the driver may write. */
async function written(): Promise<ObjectStore> {
  const client = new ObjectStore();
  const clock = new ManualClock();
  const parts = { client, clock, logger: silentLogger };
  const stop = new AbortController();
  const leadership = new Leadership({
    client,
    clock,
    logger: silentLogger,
    namespace: 'storage',
    name: 'lease-x',
    identity: 'one',
  });
  const fleet = { arrays: () => [state], isWhole: () => true, pollMs: 1 };
  const running = [
    new StorageArrays({ ...parts, leadership, ...fleet }).run(stop.signal),
    new StorageNode({ ...parts, read: () => Promise.resolve(report) }).run(stop.signal),
  ];
  await clock.advance(0);
  stop.abort();
  await Promise.all(running);
  return client;
}

const typeOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
};

/** Where a value is not what the schema says; the API server drops unknown fields in silence. */
function mismatches(value: unknown, schema: JsonSchema | undefined, at: string): readonly string[] {
  if (schema === undefined) return [`${at} is unknown`];
  if (schema.type !== typeOf(value)) return [`${at} is no ${String(schema.type)}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${at} is ${String(value)}`];
  if (Array.isArray(value)) return value.flatMap((item, index) => mismatches(item, schema.items, `${at}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  const others = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  return Object.entries(value).flatMap(([key, child]) =>
    mismatches(child, schema.properties?.[key] ?? others, `${at}.${key}`),
  );
}

let objects: readonly KubeObject[] = [];
let client: ObjectStore;
beforeAll(async () => {
  [objects, client] = await Promise.all([render({}), written()]);
}, TOOLS_TIMEOUT_MS);

describe.each(['storagearrays', 'storagenodes'])('%s.pure-pso.io', plural => {
  const definition = () => find(objects, 'CustomResourceDefinition', `${plural}.pure-pso.io`) as Definition;
  const object = () => {
    const collection = `/apis/pure-pso.io/v1alpha1/${plural}`;
    const [name = ''] = client.names(collection);
    const stored = client.objects.get(`${collection}/${name}`);
    return { spec: stored?.spec, status: stored?.status };
  };

  it('has a place for everything that the driver writes', () => {
    const [version] = definition().spec.versions;
    const { properties } = version.schema.openAPIV3Schema;
    expect(object().status).toBeDefined();
    for (const [part, value] of Object.entries(object()))
      expect(mismatches(value, properties?.[part], part)).toEqual([]);
  });

  it('shows in columns only what there is', () => {
    const [version] = definition().spec.versions;
    for (const { jsonPath } of version.additionalPrinterColumns) {
      const keys = jsonPath
        .replaceAll(/\[(\d)\]/g, '.$1')
        .split('.')
        .slice(1);
      const value = keys.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object());
      expect([jsonPath, value]).not.toEqual([jsonPath, undefined]);
    }
  });
});
