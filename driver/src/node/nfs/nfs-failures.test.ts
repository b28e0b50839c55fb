import { describe, expect, it } from '@jest/globals';
import { isVersionRefused, mountFailure } from './nfs-failures.ts';

const failed = (...lines: readonly string[]) => ({ code: 32, stdout: '', stderr: `${lines.join('\n')}\n` });

/** As nfs-utils 2.6.2 writes them. */
describe('mountFailure', () => {
  it.each([
    ['mount.nfs: access denied by server while mounting 10.0.0.9:/fs', 'precondition', /export rules/],
    [
      'mount.nfs: mounting 10.0.0.9:/fs failed, reason given by server: No such file or directory',
      'precondition',
      /export rules/,
    ],
    ['mount.nfs: Protocol not supported', 'precondition', /choose another by nfsvers/],
    ['mount.nfs: Connection timed out', 'unavailable', /port 2049/],
    ['mount.nfs: No route to host', 'unavailable', /port 2049/],
    ['mount.nfs: Failed to resolve server fb.example: Name or service not known', 'unavailable', /name server/],
    ['mount.nfs: an incorrect mount option was specified for /mnt', 'invalid', /mountOptions/],
    ['mount.nfs: Cannot allocate memory', 'unavailable', /dmesg/],
  ])('%s', (line, code, nextStep) => {
    const error = mountFailure('10.0.0.9:/fs', '4.1', failed(line));
    expect(error.message).toContain(`NFS 4.1 mount of 10.0.0.9:/fs failed: ${line}.`);
    expect(error).toMatchObject({ code, finality: 'final' });
    expect(error.nextStep).toMatch(nextStep);
  });

  it('takes the words of mount.nfs, not of what it started', () => {
    const error = mountFailure(
      '10.0.0.9:/fs',
      '3',
      failed(
        '/usr/sbin/start-statd: 10: cannot create /run/rpc.statd.lock: Read-only file system',
        'mount.nfs: rpc.statd is not running but is required for remote locking.',
        "mount.nfs: Either use '-o nolock' to keep locks local, or start statd.",
      ),
    );
    expect(error.message).toBe(
      'NFS 3 mount of 10.0.0.9:/fs failed: mount.nfs: rpc.statd is not running but is required for remote locking.',
    );
    expect(error.nextStep).toMatch(/Start rpcbind and rpc.statd/);
  });

  it('has words where there are none', () => {
    expect(mountFailure('10.0.0.9:/fs', '3', failed()).message).toContain('exit code 32');
  });
});

describe('isVersionRefused', () => {
  it.each([
    ['mount.nfs: Protocol not supported', true],
    ['mount.nfs: requested NFS version or transport protocol is not supported', true],
    ['mount.nfs: requested NFS version or transport protocol is not supported for /mnt', true],
    ['mount.nfs: access denied by server while mounting 10.0.0.9:/fs', false],
    ['mount.nfs: Connection refused', false],
    ['mount.nfs: Operation not supported', false],
  ])('%s: %s', (line, expected) => {
    expect(isVersionRefused(failed(line))).toBe(expected);
  });
});
