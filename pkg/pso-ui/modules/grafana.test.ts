import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { boardAddress, boardsIn, searchAddress } from './grafana.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../charts/pure-pso/files/monitoring/dashboards');
interface Shipped {
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
}
const shipped = readdirSync(FOLDER).map(file => JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Shipped);

describe('the dashboards of a Grafana', () => {
  it('are those that the chart brings, the fleet first', () => {
    const boards = boardsIn(shipped.map(({ uid, title }) => ({ uid, title, type: 'dash-db' })));
    expect(boards).toHaveLength(shipped.length);
    expect(boards[0]).toEqual({ uid: 'pso-fleet', title: 'Fleet' });
    const tag = new URL(searchAddress('c-1'), 'https://rancher').searchParams.get('tag') ?? '';
    expect(shipped.filter(({ tags }) => !tags.includes(tag))).toEqual([]);
  });

  it('are none where something else answers, and never an address that was made up', () => {
    expect([null, 'text', {}, [1, { title: 'x' }, { uid: '../../x' }, { uid: 'other' }]].flatMap(boardsIn)).toEqual([]);
    expect(boardsIn([{ uid: 'pso-node' }])).toEqual([{ uid: 'pso-node', title: 'pso-node' }]);
  });

  it('are shown by the service proxy that Rancher itself uses', () => {
    const service = '/api/v1/namespaces/cattle-monitoring-system/services/http:rancher-monitoring-grafana:80/proxy';
    expect(boardAddress('pso-fleet')).toBe(`${service}/d/pso-fleet/pso-fleet?orgId=1`);
    expect(searchAddress('c-m-1')).toContain(`/k8s/clusters/c-m-1${service}/api/search?`);
  });
});
