import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../lib/manual-clock.ts';
import type { KubeAnswer, KubeClient } from './kube-client.ts';
import { readProvisionerTerm } from './provisioner-term.ts';

const POD = 'pure-pso-controller-1';

/** As external-provisioner v5 writes it. */
const lease = (holderIdentity: string, leaseTransitions: number): KubeAnswer => ({
  status: 200,
  body: {
    metadata: { name: 'pure-csi', namespace: 'storage', uid: '0b1c' },
    spec: { holderIdentity, leaseTransitions, leaseDurationSeconds: 15, acquireTime: '2026-01-01T00:00:00.000000Z' },
  },
});

function read(answer: KubeAnswer | Error | 'never') {
  const clock = new ManualClock();
  const asked: string[] = [];
  const client: KubeClient = {
    request: (method, path) => {
      asked.push(`${method} ${path}`);
      if (answer === 'never') return new Promise(() => undefined);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    stream: () => Promise.reject(new Error('nothing is watched here')),
  };
  return { clock, asked, term: readProvisionerTerm({ client, clock, namespace: 'storage', pod: POD }) };
}

describe('the term of the provisioner', () => {
  it('is named by its Lease, which counts who had it', async () => {
    const first = read(lease(POD, 2));
    expect(await first.term).toBe('0b1c/2');
    expect(first.asked).toEqual(['GET /apis/coordination.k8s.io/v1/namespaces/storage/leases/pure-csi']);
    expect(await read(lease(POD, 4)).term).toBe('0b1c/4');
  });

  it.each([
    ['another pod has it', lease('pure-pso-controller-2', 2)],
    ['nobody has it', lease('', 2)],
    ['there is none', { status: 404, body: {} }],
    ['it may not be read', { status: 403, body: {} }],
    ['it cannot be understood', { status: 200, body: 'x' }],
    ['the API server is away', new Error('connection refused')],
  ])('is none while %s', async (_why, answer) => {
    expect(await read(answer).term).toBeNull();
  });

  it('is none when the API server takes more than a second to say', async () => {
    const { clock, term } = read('never');
    await clock.advance(1_001);
    expect(await term).toBeNull();
  });
});
