import { request } from 'node:https';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Client as Pool } from 'undici';
import { parse } from 'yaml';
import { ControlServer } from './control.ts';
import type { RunningArray, RunningFleet } from './fleet.ts';
import { startFleet } from './fleet.ts';
import { loadScenario, parseScenario } from './scenario.ts';
import { valuesFor } from './values.ts';

const scenarios = path.join(import.meta.dirname, 'scenarios');

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One call that trusts only the array's own authority. */
async function call(
  array: Pick<RunningArray, 'endpoint' | 'caCertificate'>,
  method: string,
  url: string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `https://${array.endpoint}${url}`,
      { method, headers, ca: array.caCertificate, agent: false },
      incoming => {
        let body = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body }));
      },
    );
    outgoing.on('error', reject).end();
  });
}

async function login(array: RunningArray): Promise<Record<string, string>> {
  const { headers } = await call(array, 'POST', '/api/2.26/login', { 'api-token': array.apiToken });
  return { 'x-auth-token': String(headers['x-auth-token']) };
}

describe('fleet', () => {
  let fleet: RunningFleet | undefined;

  afterEach(async () => {
    await fleet?.close();
    fleet = undefined;
  });

  const start = async (options: Parameters<typeof startFleet>[1] = {}): Promise<RunningArray> => {
    fleet = await startFleet({ arrays: [{ name: 'one' }] }, options);
    return fleet.find('one');
  };

  it('serves each array with a certificate that its authority signed', async () => {
    const array = await start();
    const answer = await call(array, 'GET', '/api/api_version');
    expect((JSON.parse(answer.body) as { version: string[] }).version.at(-1)).toBe('2.56');
    expect(array.certificateSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('shows an expired certificate when told to', async () => {
    const array = await start({ expiredCertificates: ['one'] });
    await expect(call(array, 'GET', '/api/api_version')).rejects.toMatchObject({ code: 'CERT_HAS_EXPIRED' });
  });

  it('loses the answer, not the volume', async () => {
    const array = await start();
    const session = await login(array);
    array.faults.add({ kind: 'answer-lost', method: 'POST', path: 'volumes', times: 1 });
    await expect(call(array, 'POST', '/api/2.26/volumes?names=v', session)).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    expect(array.array.liveVolumes().map(({ name }) => name)).toEqual(['v']);
    expect(array.requestLog.entries().at(-1)).toMatchObject({ method: 'POST', status: 0, fault: 'answer-lost' });
  });

  it.each([
    ['401', 401, 'Invalid session.'],
    ['403', 403, 'not permitted'],
    ['429', 429, 'Too many requests'],
    ['500', 500, 'Server is busy'],
    ['503', 503, 'unavailable'],
    ['html', 502, '<html>'],
  ] as const)('answers with the fault %s, and does nothing', async (kind, status, text) => {
    const array = await start();
    const session = await login(array);
    array.faults.add({ kind, nth: 1, retryAfterSec: 7 });
    const answer = await call(array, 'POST', '/api/2.26/volumes?names=v', session);
    expect({ status: answer.status, body: answer.body }).toEqual({ status, body: expect.stringContaining(text) });
    if (status === 429 || status === 503) expect(answer.headers['retry-after']).toBe('7');
    expect(array.array.liveVolumes()).toEqual([]);
    expect((await call(array, 'POST', '/api/2.26/volumes?names=v', session)).status).toBe(200);
  });

  it('is steered over its control endpoint', async () => {
    const array = await start();
    const control = new ControlServer(fleet as RunningFleet);
    const url = new URL(await control.listen('127.0.0.1', 0));
    const pool = new Pool(url.origin);
    try {
      const send = async (method: 'POST' | 'PATCH', where: string, body: unknown): Promise<number> =>
        (await pool.request({ method, path: `/_sim/${where}`, body: JSON.stringify(body) })).statusCode;
      expect(await send('PATCH', 'arrays/one', { CT0: 'not ready', load: 0.9 })).toBe(200);
      expect(await send('POST', 'arrays/one/faults', { kind: '503', path: 'volumes' })).toBe(200);
      expect(await send('PATCH', 'arrays/one', { fill: 3 })).toBe(400);
      expect(await send('PATCH', 'arrays/two', { fill: 0.3 })).toBe(404);
      expect(await send('PATCH', 'arrays/one', { restVersion: '2.12' })).toBe(400);
      const session = await login(array);
      expect((await call(array, 'GET', '/api/2.26/volumes', session)).status).toBe(503);
      const controllers = await call(array, 'GET', '/api/2.26/controllers', session);
      expect(controllers.body).toMatch(/"name":"CT0","mode":"offline"/);
      expect(await send('PATCH', 'arrays/one', { restVersion: '2.2' })).toBe(200);
      expect((await call(array, 'GET', '/api/2.26/controllers', session)).status).toBe(404);
      expect((await call(array, 'GET', '/api/api_version')).body).toMatch(/"2\.2"\]/);
    } finally {
      await pool.destroy();
      await control.close();
    }
  });

  it('writes values for the driver', async () => {
    const array = await start();
    expect(valuesFor(fleet as RunningFleet)).toContain(`MgmtEndPoint: ${array.endpoint}`);
  });

  it('serves FlashBlades beside FlashArrays, with faults, control and values of their own', async () => {
    fleet = await startFleet({
      arrays: [
        { kind: 'flashblade', name: 'files', dataAddress: '192.0.2.7', fileSystems: [{ name: 'home', size: '1Ti' }] },
        { name: 'blocks' },
      ],
    });
    const { blade, ...running } = fleet.findBlade('files');
    const { headers } = await call(running, 'POST', '/api/login', { 'api-token': running.apiToken });
    const session = { 'x-auth-token': String(headers['x-auth-token']) };
    expect((await call(running, 'GET', '/api/2.3/file-systems', session)).body).toContain('"name":"home"');
    expect(blade.accessTo('home')).toEqual([]);
    running.faults.add({ kind: '503' });
    expect((await call(running, 'GET', '/api/api_version')).status).toBe(200);
    expect((await call(running, 'POST', '/api/login', { 'api-token': running.apiToken })).status).toBe(200);
    expect((await call(running, 'GET', '/api/2.latest/file-systems', session)).status).toBe(503);
    expect(running.counters.get('GET file-systems')).toBe(2);
    expect(parse(valuesFor(fleet))).toMatchObject({
      arrays: {
        FlashArrays: [{ MgmtEndPoint: fleet.find('blocks').endpoint }],
        FlashBlades: [{ MgmtEndPoint: running.endpoint, NFSEndPoint: '192.0.2.7' }],
      },
    });
    const control = new ControlServer(fleet);
    const pool = new Pool(new URL(await control.listen('127.0.0.1', 0)).origin);
    try {
      const send = async (body: unknown): Promise<number> =>
        (await pool.request({ method: 'PATCH', path: '/_sim/arrays/files', body: JSON.stringify(body) })).statusCode;
      expect([await send({ fill: 0.9, failedBlades: [3] }), await send({ CT0: 'ready' })]).toEqual([200, 400]);
      expect([await send({ restVersion: '2.9' }), await send({ restVersion: '2.56' })]).toEqual([200, 400]);
      expect((await call(running, 'GET', '/api/api_version')).body).toMatch(/"2\.9"\]/);
      running.faults.clear();
      expect((await call(running, 'GET', '/api/2.3/blades?filter=status=%27critical%27', session)).body).toContain(
        'CH1.FB3',
      );
    } finally {
      await pool.destroy();
      await control.close();
    }
  });
});

describe('scenario', () => {
  it.each(['demo', 'pair', 'burst', 'equal-two-lab', 'hybrid'])('%s.yaml is valid', name => {
    expect(loadScenario(path.join(scenarios, `${name}.yaml`)).arrays.length).toBeGreaterThan(1);
  });

  it('names each wrong field and its value', () => {
    const given = {
      arrays: [
        { name: 'a', fill: 2, sizee: 1 },
        { name: 'A', restVersion: '2.12' },
      ],
      faults: [{ kind: 'x' }],
    };
    expect(() => parseScenario(given)).toThrow(
      /arrays\.0\.fill = 2[^]*sizee[^]*arrays\.1\.restVersion = "2\.12"[^]*faults\.0\.kind = "x"/,
    );
    expect(() => parseScenario({ arrays: [{ name: 'a' }, { name: 'A' }] })).toThrow(
      'arrays.1.name = "A": two arrays of one name',
    );
  });
});
