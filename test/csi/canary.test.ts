import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { Controller, Identity } from '../../driver/src/gen/csi_pb.js';
import { createRequest, expandRequest, publishRequest } from '../bench/requests.ts';
import type { RunningFleet } from '../simulator/fleet.ts';
import { startFleet } from '../simulator/fleet.ts';
import { leaks } from '../support/canary.ts';
import type { ArrayAccess, ControllerProcess } from '../support/controller-process.ts';
import { startController } from '../support/controller-process.ts';
import type { CsiConnection } from '../support/csi-client.ts';
import { connectCsi } from '../support/csi-client.ts';
import { eventually } from '../support/eventually.ts';

const GOOD = 'cAnArY+/=good-7f3a&"91e2-Qz';
const WRONG = 'cAnArY+/=wrong-5b1d&"03c7-Qz';
const BROKEN = 'cAnArY+/=broken 8e2f&"77aa-Qz';
const LATE = 'cAnArY+/=late-4c9e&"66bb-Qz';
const CHAP_KEY = 'cAnArY+/=chap-2d7b&"55dd-Qz-of-a-whole-cluster';
const LIMIT_MS = 120_000;

let fleet: RunningFleet | null = null;
let driver: ControllerProcess | null = null;
let csi: CsiConnection | null = null;

afterEach(async () => {
  csi?.close();
  await driver?.stop();
  await fleet?.close();
  [fleet, driver, csi] = [null, null, null];
});

/** Every answer's session token: as good as the API token while it lasts. */
function watchSessions(running: RunningFleet): string[] {
  const seen: string[] = [];
  for (const { array } of running.arrays) {
    const { sessions } = array.core;
    const login = sessions.login.bind(sessions);
    sessions.login = (token, nowMs) => {
      const session = login(token, nowMs);
      seen.push(session.sessionToken);
      return session;
    };
  }
  return seen;
}

/** A life cycle on a fleet where calls fail in every way; returns what the caller was told. */
async function liveThroughFaults(running: RunningFleet, connection: CsiConnection): Promise<readonly string[]> {
  const controller = connection.service(Controller);
  const told: string[] = [];
  const attempt = async <Result>(operation: () => Promise<Result>): Promise<Result | null> => {
    try {
      const result = await operation();
      told.push(JSON.stringify(result, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
      return result;
    } catch (error) {
      const { code, details, metadata, message } = error as Partial<Record<string, unknown>>;
      told.push(`${status[Number(code)] ?? ''} ${String(details)} ${String(message)} ${JSON.stringify(metadata)}`);
      return null;
    }
  };
  const { faults } = running.find('good');
  for (const kind of ['answer-lost', '401', '403', 'truncated-json', 'html', 'reset', '500', '429'] as const) {
    const fault = faults.add({
      kind,
      pattern: '(POST|PATCH|DELETE) .*/(volumes|connections|volume-snapshots)',
      times: 3,
      retryAfterSec: 0,
    });
    const uuid = crypto.randomUUID();
    const made =
      (await attempt(() => controller.createVolume(createRequest(uuid), 5_000))) ??
      (await attempt(() => controller.createVolume(createRequest(uuid), 5_000)));
    const volumeId = made?.volume?.volumeId ?? '00000000-0000-0000-0000-000000000000/none';
    await attempt(() => controller.controllerPublishVolume(publishRequest(volumeId), 5_000));
    await attempt(() => controller.controllerExpandVolume(expandRequest(volumeId), 5_000));
    await attempt(() => controller.createSnapshot({ name: `snapshot-${uuid}`, sourceVolumeId: volumeId }, 5_000));
    faults.remove(fault);
  }
  await attempt(() => controller.listVolumes({}, 5_000));
  await attempt(() => controller.getCapacity({}, 5_000));
  await attempt(() => connection.service(Identity).probe({}, 5_000));
  return told;
}

const procFile = (pid: number, name: string): Promise<string> =>
  readFile(`/proc/${pid}/${name}`, 'utf8').then(text => text.replaceAll('\0', '\n'));

describe('the API token, and the key for CHAP', () => {
  it(
    'are found in no log, error, metric, argument or variable of the controller, whatever fails',
    async () => {
      fleet = await startFleet(
        { arrays: [{ name: 'good', token: GOOD }, { name: 'wrong' }, { name: 'expired', token: GOOD }] },
        { expiredCertificates: ['expired'], validates: false },
      );
      const sessionTokens = watchSessions(fleet);
      const arrays: readonly ArrayAccess[] = [
        fleet.find('good'),
        { ...fleet.find('wrong'), apiToken: WRONG },
        fleet.find('expired'),
        { ...fleet.find('good'), endpoint: '127.0.0.1:1', apiToken: BROKEN },
        { ...fleet.find('good'), endpoint: '127.0.0.1:2', apiToken: LATE },
      ];
      driver = await startController(arrays, { logLevel: 'debug', settings: { pollSeconds: 5 }, chapKey: CHAP_KEY });
      csi = connectCsi(driver.csiEndpoint);
      const told = await liveThroughFaults(fleet, csi);
      // A configuration that is no JSON, then one with a token where none belongs.
      const running = driver;
      const file = path.join(running.dir, 'pure.json');
      const said = (text: string) => () => Promise.resolve(running.output().includes(text));
      await writeFile(file, `{"FlashArrays":[{"MgmtEndPoint":"10.0.0.1","APIToken":"${LATE}" oops`);
      await eventually('the broken file is reported', 60_000, said('no JSON'));
      await writeFile(
        file,
        JSON.stringify({
          FlashArrays: [{ MgmtEndPoint: '10.0.0.1', APIToken: [LATE], Labels: 7 }, { APIToken: LATE }],
        }),
      );
      await eventually('the malformed entries are reported', 60_000, said('Labels'));
      const metrics = await fetch(`http://127.0.0.1:${running.httpPort}/metrics`).then(answer => answer.text());
      const texts = {
        log: running.output(),
        answers: told.join('\n'),
        metrics,
        argv: await procFile(running.pid, 'cmdline'),
        environment: await procFile(running.pid, 'environ'),
        tags: JSON.stringify(fleet.arrays.flatMap(({ array }) => array.liveVolumes().map(({ tags }) => tags))),
        requestLog: JSON.stringify(fleet.arrays.flatMap(({ requestLog }) => requestLog.entries())),
      };
      const { state } = fleet.find('good').array.core;
      const proofs = Array.from(state.hosts.values(), ({ chap }) => chap.hostPassword ?? '');
      expect(proofs).toEqual([expect.stringMatching(/^[0-9a-f]{40}$/)]);
      expect(leaks([GOOD, WRONG, BROKEN, LATE, CHAP_KEY, ...proofs, ...sessionTokens], texts)).toEqual([]);
      // The faults were met, and told: silence would prove nothing.
      expect(sessionTokens.length).toBeGreaterThan(1);
      for (const word of ['refused the API token', 'expired', 'APIToken', 'cannot be reached'])
        expect(texts.log).toContain(word);
      for (const word of ['POST', 'pso_rest_calls_total']) expect(texts.metrics).toContain(word);
      expect(texts.answers).toMatch(/UNAVAILABLE|UNAUTHENTICATED/);
    },
    LIMIT_MS,
  );
});
