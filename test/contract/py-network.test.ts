import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningFleet } from '../simulator/fleet.ts';
import { startFleet } from '../simulator/fleet.ts';
import { pythonWithClient } from './py-environment.ts';

const TIB = 2 ** 40;

describe('py-pure-client drives simulated arrays that work together', () => {
  let python: string;
  let fleet: RunningFleet;

  beforeAll(async () => {
    python = await pythonWithClient();
  }, 600_000);

  beforeEach(async () => {
    fleet = await startFleet({
      arrays: [
        { name: 'alpha', protocols: ['iscsi', 'nvme-tcp', 'fc'], labels: { env: 'dev' } },
        { name: 'beta' },
        { name: 'cloud', size: '10Ti', model: 'CBS-V10MP2R2', cloud: { capacitySteps: ['20Ti', '40Ti'] } },
      ],
      fleets: [{ name: 'all', arrays: ['alpha', 'beta', 'cloud'] }],
    });
  });

  /** `close` fails when an answer was not as the vendor's API description says. */
  afterEach(async () => {
    await fleet.close();
  });

  /** Lets time pass when the first line has come. */
  const drive = async (version: string): Promise<unknown[]> => {
    const places = ['alpha', 'beta', 'cloud'].flatMap(name => [fleet.find(name).endpoint, fleet.find(name).apiToken]);
    const script = path.join(import.meta.dirname, 'py/network.py');
    const child = spawn(python, [script, ...places, version]);
    let wrong = '';
    child.stderr.on('data', (chunk: Buffer) => (wrong += chunk.toString()));
    const seen: unknown[] = [];
    createInterface(child.stdout).on('line', line => {
      seen.push(JSON.parse(line));
      if (seen.length > 1) return;
      fleet.clock.advance(1_200_000);
      child.stdin.end('\n');
    });
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, wrong: code === 0 ? '' : wrong }).toEqual({ code: 0, wrong: '' });
    return seen;
  };

  it.each([
    ['2.4', {}],
    ['2.16', { diff: true }],
    ['2.26', { diff: true }],
    [
      'newest',
      {
        diff: true,
        growing: 'expanding',
        steps: [10, 20, 40],
        metal: 'This operation is only supported on Cloud Block Store arrays.',
        fleet: ['alpha', 'beta', 'cloud'],
        elsewhere: ['beta'],
      },
    ],
  ])(
    'at %s',
    async (version, more) => {
      expect(await drive(version)).toEqual([
        {
          sessions: ['pureuser'],
          ports: ['iqn', 'nqn', 'wwn'],
          nsid: version === 'newest' ? 1 : null,
          connected: [['alpha', 'connected']],
          same_serial: true,
          pod_arrays: ['alpha', 'beta'],
          stretched_twice: 'Pod stretch limit reached.',
          transfer: ['pg.s'],
        },
        { replicas: ['alpha:pg.s.v'], clone: TIB, models: ['CBS-V10MP2R2'], ...more },
      ]);
    },
    120_000,
  );
});
