import { beforeEach, describe, expect, it } from '@jest/globals';
import { ChapKey } from '../domain/chap.ts';
import type { NodeStorage } from './node-storage.ts';
import { FakeNode } from './testing/fake-node.ts';
import { iscsiContext, targetIqn, wwid } from './testing/iscsi-volume.ts';
import { stageRequestOf, stagingPath, startStorage, volumeId } from './testing/storage-bench.ts';

const initiator = 'iqn.2026-01.lab:n1';
const key = ChapKey.parse('key', 'a key of a cluster '.repeat(2));
const { user, password } = key.credentialsFor(initiator, targetIqn);

const request = stageRequestOf(iscsiContext());

let node: FakeNode;

beforeEach(() => {
  node = new FakeNode();
  node.files.set('/etc/iscsi/initiatorname.iscsi', `InitiatorName=${initiator}\n`);
  node.kernel.addVolume(1, wwid).content = 'ext4';
});

const start = (chapKey: ChapKey | null): Promise<NodeStorage> =>
  startStorage(node, { chapKey: chapKey && (() => Promise.resolve(chapKey)) });

const secretsIn = () => [...node.files.values()].filter(text => text?.includes(password)).length;

describe('staging with CHAP', () => {
  it("proves itself with the key's secret, which is in records alone, and goes with them", async () => {
    node.chap.set(targetIqn, `${user} ${password}`);
    const storage = await start(key);
    await storage.stage(request);
    expect(node.kernel.sessions).toHaveLength(2);
    expect(secretsIn()).toBe(2);
    expect(node.commands.join()).not.toContain(password);
    await storage.unstage(volumeId, stagingPath);
    expect(secretsIn()).toBe(0);
  });

  it('says what to do when the array has another secret, or wants one and there is none', async () => {
    node.chap.set(targetIqn, `${user} another`);
    const error = await start(key)
      .then(one => one.stage(request))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      id: 'login-refused',
      finality: 'in-doubt',
      message: expect.stringContaining('proved itself by CHAP'),
    });
    expect(String(error)).not.toContain(password);
    await expect((await start(null)).stage(request)).rejects.toThrow(
      /refused the login of this node, which has no CHAP/,
    );
    expect(node.kernel.sessions).toEqual([]);
  });

  it('logs in where the array asks for nothing yet, and keeps no secret there', async () => {
    const storage = await start(key);
    await storage.stage(request);
    expect(node.kernel.sessions).toHaveLength(2);
    expect(secretsIn()).toBe(0);
  });

  it('logs in nowhere when a record has no place', async () => {
    const storage = await start(key);
    node.answers.set('iscsiadm', () => ({ code: 0, stdout: '', stderr: '' }));
    await expect(storage.stage(request)).rejects.toThrow(/made no record of .* so the CHAP secret has no place/);
    expect(node.kernel.sessions).toEqual([]);
  });
});
