import { beforeEach, describe, expect, it } from '@jest/globals';
import type { NfsPublishContext } from '../../domain/publish-context.ts';
import type { LogFields, Logger } from '../../lib/logger.ts';
import { silentLogger } from '../../lib/logger.ts';
import type { NodeStorage, PublishRequest, StageRequest } from '../node-storage.ts';
import type { FakeNfsServer } from '../testing/fake-nfs-node.ts';
import { FakeNfsNode } from '../testing/fake-nfs-node.ts';
import { ImmediateClock } from '../testing/immediate-clock.ts';
import {
  publishRequestOf,
  stageRequestOf,
  stagingPath,
  startStorage,
  targetPath,
  targetPathOf,
} from '../testing/storage-bench.ts';

const volumeId = '6c4b1e3a-0000-4000-8000-00000000abcd/fs';
const SIZE = 1024 * 1024;
const context: NfsPublishContext = { protocol: 'nfs', server: '10.0.0.9', exportPath: '/fs', version: 'auto' };

let node: FakeNfsNode;
let server: FakeNfsServer;
let clock: ImmediateClock;
let storage: NodeStorage;
let warnings: { fields: LogFields; message: string }[];

beforeEach(async () => {
  node = new FakeNfsNode();
  server = node.addServer('10.0.0.9', { '/fs': SIZE, '/other': SIZE });
  clock = new ImmediateClock();
  warnings = [];
  const logger: Logger = { ...silentLogger, warn: (fields, message) => void warnings.push({ fields, message }) };
  storage = await startStorage(node, { clock, logger });
});

const stageRequest = (change: Partial<StageRequest> = {}): StageRequest =>
  stageRequestOf(context, { volumeId, use: { kind: 'mount', fsType: '', mountFlags: [] }, ...change });

const publishRequest = (change: Partial<PublishRequest> = {}): PublishRequest =>
  publishRequestOf(stageRequest(), change);

const withFlags = (...mountFlags: string[]) => stageRequest({ use: { kind: 'mount', fsType: 'xfs', mountFlags } });
const mounted = () => node.kernel.mounts.map(({ path }) => path);

describe('staging', () => {
  it('mounts 4.1 once, however often it is asked', async () => {
    await storage.stage(stageRequest());
    await storage.stage(stageRequest());
    expect(node.kernel.mounts).toMatchObject([{ path: stagingPath, fsType: 'nfs4', source: '10.0.0.9:/fs' }]);
    expect(warnings).toEqual([]);
  });

  it('falls back to 3 where the server does not speak 4.1, and says so', async () => {
    server.versions.delete('4.1');
    await storage.stage(stageRequest());
    expect(node.kernel.mounts).toMatchObject([{ fsType: 'nfs' }]);
    expect(warnings).toMatchObject([
      { fields: { refused: '4.1', version: '3' }, message: expect.stringContaining('does not speak NFS 4.1') },
    ]);
  });

  it.each([
    ['by mountOptions', withFlags('nfsvers=4.1')],
    ['by the array’s side', stageRequest({ context: { ...context, version: '4.1' } })],
  ])('does not fall back where 4.1 was chosen %s', async (_how, request) => {
    server.versions.delete('4.1');
    await expect(storage.stage(request)).rejects.toMatchObject({
      code: 'precondition',
      message: expect.stringMatching(/NFS 4.1 mount of/),
    });
    expect(mounted()).toEqual([]);
  });

  it('does not fall back because of another refusal', async () => {
    server.exports.delete('/fs');
    await expect(storage.stage(stageRequest())).rejects.toMatchObject({
      nextStep: expect.stringMatching(/export rules/),
    });
    expect(node.ran('mount.nfs')).toHaveLength(1);
  });

  it('answers in doubt when the server is silent', async () => {
    server.isDead = true;
    await expect(storage.stage(stageRequest())).rejects.toMatchObject({ code: 'unavailable', finality: 'in-doubt' });
  });

  it('mounts an IPv6 server in brackets', async () => {
    node.addServer('[fd00::9]', { '/fs': SIZE });
    await storage.stage(stageRequest({ context: { ...context, server: 'fd00::9' } }));
    await storage.stage(stageRequest({ context: { ...context, server: 'fd00::9' } }));
    expect(node.kernel.mounts).toMatchObject([{ source: '[fd00::9]:/fs' }]);
  });

  it('changes nothing where something else is mounted', async () => {
    await storage.stage(stageRequest());
    const other = stageRequest({ context: { ...context, exportPath: '/other' } });
    await expect(storage.stage(other)).rejects.toThrow(
      /is already the mount of 10.0.0.9:\/fs, expected 10.0.0.9:\/other/,
    );
    expect(mounted()).toEqual([stagingPath]);
  });

  it.each([
    [withFlags('soft'), /writes would be lost/],
    [withFlags('discard'), /"discard" is not allowed for nfs/],
    [stageRequest({ use: { kind: 'block' } }), /cannot be a raw block device/],
    [stageRequest({ stagingPath: '/etc' }), /is not below/],
  ])('refuses a request before anything is touched', async (request, message) => {
    await expect(Promise.resolve().then(() => storage.stage(request))).rejects.toThrow(message);
    expect(node.commands).toEqual([]);
  });

  it('is not overtaken by an unstage that sees no mount yet', async () => {
    const [staged, unstaged] = await Promise.allSettled([
      storage.stage(stageRequest()),
      storage.unstage(volumeId, stagingPath),
    ]);
    expect(staged.status).toBe('fulfilled');
    expect(unstaged).toMatchObject({ status: 'rejected', reason: { code: 'busy' } });
  });
});

describe('publishing', () => {
  it('binds into several pods, once each', async () => {
    await storage.stage(stageRequest());
    await storage.publish(publishRequest());
    await storage.publish(publishRequest());
    await storage.publish(publishRequest({ targetPath: targetPathOf('p2'), readOnly: true }));
    expect(node.kernel.mounts.slice(1)).toMatchObject([
      { path: targetPath, readOnly: false },
      { path: targetPathOf('p2'), readOnly: true },
    ]);
  });

  it('refuses what is not staged, is staged from elsewhere, or differs from what is there', async () => {
    await expect(storage.publish(publishRequest())).rejects.toThrow(/is not staged/);
    await storage.stage(stageRequest());
    const other = { ...context, exportPath: '/other' };
    await expect(storage.publish(publishRequest({ context: other }))).rejects.toThrow(/expected 10.0.0.9:\/other/);
    await storage.publish(publishRequest());
    await expect(storage.publish(publishRequest({ readOnly: true }))).rejects.toMatchObject({ code: 'already-exists' });
  });

  it('lets one pod in where only one may', async () => {
    await storage.stage(stageRequest());
    await storage.publish(publishRequest({ access: 'single' }));
    const second = publishRequest({ access: 'single', targetPath: targetPathOf('p2') });
    await expect(storage.publish(second)).rejects.toThrow(/may be used by one pod only/);
  });
});

describe('unmounting', () => {
  beforeEach(async () => {
    await storage.stage(stageRequest());
    await storage.publish(publishRequest());
  });

  const dirty = () => node.kernel.mounts.forEach(({ device }) => node.dirty.add(device));

  it('leaves nothing, however often it is asked', async () => {
    for (let time = 0; time < 2; time += 1) {
      await storage.unpublish(volumeId, targetPath);
      await storage.unstage(volumeId, stagingPath);
    }
    expect(mounted()).toEqual([]);
    expect(await node.kind(targetPath)).toBe('missing');
  });

  it('writes what waits before the last name goes', async () => {
    dirty();
    await storage.unpublish(volumeId, targetPath);
    await storage.unstage(volumeId, stagingPath);
    expect([...node.lost]).toEqual([]);
  });

  it('writes what waits also where the kubelet’s directory shows up at a second place', async () => {
    await storage.unpublish(volumeId, targetPath);
    await storage.unstage(volumeId, stagingPath);
    node.peer = '/mnt';
    await storage.stage(stageRequest());
    dirty();
    await storage.unstage(volumeId, stagingPath);
    expect([...node.lost]).toEqual([]);
    expect(mounted()).toEqual([]);
  });

  it('unpublishes from a dead server without a wait', async () => {
    server.isDead = true;
    await storage.unpublish(volumeId, targetPath);
    expect(clock.nowMs()).toBe(0);
    expect(mounted()).toEqual([stagingPath]);
  });

  it('gives a server that fails over the time to come back', async () => {
    dirty();
    await storage.unpublish(volumeId, targetPath);
    server.isDead = true;
    const revive = clock.sleep(20_000).then(() => (server.isDead = false));
    await storage.unstage(volumeId, stagingPath);
    await revive;
    expect(mounted()).toEqual([]);
  });

  it('forces the unmount from a server that stays dead, and says so', async () => {
    dirty();
    server.isDead = true;
    await storage.unpublish(volumeId, targetPath);
    await storage.unstage(volumeId, stagingPath);
    expect(mounted()).toEqual([]);
    expect(node.ran('umount').some(command => command.includes(' -l '))).toBe(false);
    expect(warnings.map(({ message }) => message).join()).toContain('unmounted by force');
  });

  it('takes a busy name away lazily only after force has failed', async () => {
    await storage.unpublish(volumeId, targetPath);
    server.isDead = true;
    node.busy.add(stagingPath);
    await storage.unstage(volumeId, stagingPath);
    expect(mounted()).toEqual([]);
    expect(
      node
        .ran('umount')
        .slice(-3)
        .map(command => command.split(' ')[3]),
    ).toEqual(['-f', '-f', '-l']);
  });

  it('never forces while the server answers', async () => {
    await storage.unpublish(volumeId, targetPath);
    node.busy.add(stagingPath);
    await expect(storage.unstage(volumeId, stagingPath)).rejects.toThrow(/target is busy/);
    expect(mounted()).toEqual([stagingPath]);
  });

  it('unmounts a file system that the array has taken away', async () => {
    await storage.unpublish(volumeId, targetPath);
    server.exports.delete('/fs');
    await storage.unstage(volumeId, stagingPath);
    expect(mounted()).toEqual([]);
  });
});

describe('size', () => {
  beforeEach(() => storage.stage(stageRequest()));

  it('is what the server shows, at once after it grew', async () => {
    server.exports.set('/fs', 2 * SIZE);
    const request = { volumeId, volumePath: stagingPath, stagingPath: null, requiredBytes: 2 * SIZE };
    expect(await storage.expand(request)).toBe(2 * SIZE);
    expect(await storage.stats(volumeId, stagingPath)).toMatchObject({
      kind: 'mount',
      totalBytes: 2 * SIZE,
      freeInodes: 900,
    });
  });

  it('is an error in words when the server is silent or has shut the node out', async () => {
    server.isDead = true;
    await expect(storage.stats(volumeId, stagingPath)).rejects.toThrow(/NFS server of .* does not answer/);
    server.isDead = false;
    server.exports.delete('/fs');
    await expect(storage.stats(volumeId, stagingPath)).rejects.toThrow(/Stale file handle/);
  });

  it('is not known where nothing is mounted', async () => {
    await expect(storage.stats(volumeId, targetPath)).rejects.toMatchObject({ code: 'not-found' });
  });
});
