import { describe, expect, it } from '@jest/globals';
import type { KubeReader } from './node-labels.ts';
import { readOwnNode, topologySegments } from './node-labels.ts';

const answering = (answer: Awaited<ReturnType<KubeReader['get']>>): KubeReader => ({
  get: () => Promise.resolve(answer),
});

const ANYWHERE = { 'topology.pure-pso.io/any': 'true' };

describe('topologySegments', () => {
  it('keeps the labels that say where a node stands', () => {
    const place = { 'topology.kubernetes.io/zone': 'a', 'topology.purestorage.com/rack': '7' };
    expect(topologySegments({ ...place, 'kubernetes.io/hostname': 'n1' })).toEqual(place);
  });

  it('says "anywhere" for a node without such a label, as a provisioner with topology needs a segment', () => {
    expect(topologySegments({ 'kubernetes.io/hostname': 'n1' })).toEqual(ANYWHERE);
  });
});

describe('readOwnNode', () => {
  it('asks for the node by name and reads its labels and internal addresses', async () => {
    const paths: string[] = [];
    const labels = { 'topology.kubernetes.io/region': 'lab' };
    const addresses = [
      { type: 'Hostname', address: 'n1' },
      { type: 'ExternalIP', address: '203.0.113.7' },
      { type: 'InternalIP', address: '10.0.0.7' },
      { type: 'InternalIP', address: 'fd00::7' },
    ];
    const reader: KubeReader = {
      get: path => {
        paths.push(path);
        return Promise.resolve({ status: 200, body: { metadata: { uid: 'u1', labels }, status: { addresses } } });
      },
    };
    expect(await readOwnNode(reader, 'n1')).toEqual({
      uid: 'u1',
      segments: labels,
      internalAddresses: ['10.0.0.7', 'fd00::7'],
    });
    expect(paths).toEqual(['/api/v1/nodes/n1']);
  });

  it.each([
    ['outside a cluster', null],
    ['where it may not read nodes', { status: 403, body: {} }],
    ['for a node without labels', { status: 200, body: { metadata: {} } }],
  ])('says "anywhere" %s', async (_where, answer) => {
    expect(await readOwnNode(answering(answer), 'n1')).toEqual({
      uid: '',
      segments: ANYWHERE,
      internalAddresses: [],
    });
  });

  it.each([
    [404, 'not-found'],
    [500, 'unavailable'],
  ])('fails on status %i, so that the node is not registered at the wrong place', async (status, code) => {
    await expect(readOwnNode(answering({ status, body: null }), 'n1')).rejects.toMatchObject({ code });
  });
});
