import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Json } from './common/json.ts';
import { FlashArray } from './flasharray/flash-array.ts';
import { isObject } from './common/json.ts';
import { SimClock } from './common/sim-clock.ts';

const file = path.join(import.meta.dirname, 'flasharray/derived/golden-keys.json');
const golden = (JSON.parse(readFileSync(file, 'utf8')) as { answers: Record<string, Record<string, string[]>> })
  .answers;

/** The array that the golden answers come from spoke REST 2.15; some parts of it were newer, and are left out here. */
const VERSION = '2.15';
const READS: readonly (readonly [string, string, readonly string[]])[] = [
  ['arrays', 'arrays', []],
  ['arrays_performance', 'arrays/performance', []],
  ['connections', 'connections', []],
  ['controllers', 'controllers', ['mode_since']],
  ['drives', 'drives', []],
  ['hardware', 'hardware', []],
  ['hosts', 'hosts', []],
  ['hosts_performance', 'hosts/performance', []],
  ['network_interfaces', 'network-interfaces', []],
  ['pods', 'pods', []],
  ['ports', 'ports', []],
  ['volumes', 'volumes', []],
  ['volumes_performance', 'volumes/performance', []],
];

function keysOf(value: Json | undefined): string[] {
  return isObject(value) ? Object.keys(value).sort() : [];
}

describe('answers have the keys that a real array gave', () => {
  const array = new FlashArray({ name: 'golden' }, { clock: SimClock.virtual(1_790_000_000_000) });
  const call = async (
    method: string,
    resource: string,
    headers: Record<string, string>,
    body = '',
  ): Promise<{ body: string; token: string }> => {
    const response = await array.handle({ method, url: `/api/${VERSION}/${resource}`, headers, body });
    expect(response.status).toBe(200);
    return { body: response.body, token: response.headers['x-auth-token'] ?? '' };
  };

  it.each(READS)('%s', async (sample, resource, newer) => {
    const { token } = await call('POST', 'login', { 'api-token': array.settings.tokens[0]?.token ?? '' });
    const headers = { 'x-auth-token': token };
    if (array.state.volumes.size === 0) {
      await call('POST', 'volumes?names=v', headers, '{"provisioned":1073741824}');
      await call('POST', 'hosts?names=h', headers, '{"iqns":["iqn.2024-01.org.example:h"]}');
      await call('POST', 'connections?host_names=h&volume_names=v', headers, '{}');
      await call('POST', 'pods?names=p', headers, '{}');
    }
    const answer = JSON.parse((await call('GET', resource, headers)).body) as { items: Json[] };
    const [item] = answer.items;
    expect(keysOf(item)).toEqual(golden[sample]?.items?.filter(key => !newer.includes(key)));
    expect(Object.keys(answer).sort()).toEqual(golden[sample]?.['']);
    if (isObject(item) && isObject(item.space)) expect(keysOf(item.space)).toEqual(golden[sample]?.['items.space']);
  });
});
