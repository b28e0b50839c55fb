import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../common/json.ts';
import { isObject } from '../common/json.ts';
import { TestClient } from './test-client.ts';

const file = path.join(import.meta.dirname, 'derived/golden-keys.json');
const golden = (JSON.parse(readFileSync(file, 'utf8')) as { answers: Record<string, Record<string, string[]>> })
  .answers;

/** Last: keys that the real array had although the API description lacks them, or dates them later. */
const READS: readonly (readonly [string, string, readonly string[]])[] = [
  ['alerts_open', 'alerts', []],
  ['array_s3performance', 'arrays/s3-specific-performance', []],
  ['arrays', 'arrays', []],
  ['arrays_http_performance', 'arrays/http-specific-performance', []],
  ['arrays_nfs_performance', 'arrays/nfs-specific-performance', []],
  ['arrays_performance_replication', 'arrays/performance/replication', ['name']],
  ['arrays_space_filesystem', 'arrays/space?type=file-system', []],
  ['arrays_space_object_store', 'arrays/space?type=object-store', []],
  ['blades', 'blades', []],
  ['filesystems', 'file-systems', []],
  ['filesystems_perf', 'file-systems/performance', []],
  ['hardware', 'hardware', ['part_number']],
  ['hw_connectors_perf', 'hardware-connectors/performance', []],
  ['nfs_export_policies', 'nfs-export-policies', []],
];

function keysOf(value: unknown): string[] {
  return isObject(value) ? Object.keys(value).sort() : [];
}

describe('answers have the keys that a real FlashBlade gave', () => {
  it.each(READS)('%s', async (sample, resource, later) => {
    const client = new TestClient();
    client.version = '2.8';
    await client.login();
    await client.call('POST', 'nfs-export-policies?names=p', { rules: [{ client: '*' }] });
    await client.call('POST', 'file-systems?names=f', { provisioned: 2 ** 30 });
    client.array.state.conditions.alerts.push({
      id: 'a', number: 1, severity: 'warning', summary: 's', component: 'CH1.FB1', openedMs: 1, closedMs: null,
    }); // prettier-ignore
    const keys = golden[sample] ?? {};
    const { body } = await client.raw('GET', `/api/2.8/${resource}`);
    const answer = JSON.parse(body) as { items: JsonObject[]; total?: unknown };
    expect(keysOf(answer)).toEqual(keys['']);
    const [item = {}] = answer.items;
    expect(keysOf(item)).toEqual(keys.items?.filter(key => !later.includes(key)));
    for (const inner of ['space', 'nfs', 'multi_protocol', 'source', 'location']) {
      if (isObject(item[inner])) expect([inner, keysOf(item[inner])]).toEqual([inner, keys[`items.${inner}`]]);
    }
    if (keys.total !== undefined) expect(keysOf([answer.total].flat()[0])).toEqual(keys.total);
  });
});
