import { afterEach, describe, expect, it } from '@jest/globals';
import { hostFileSystem } from './host-file-system.ts';

const MISSING = '/dev/pso-no-such-device';

afterEach(() => hostFileSystem.remove(MISSING));

describe('the file system of the node', () => {
  it('makes no ordinary file of a device that is not there', async () => {
    await expect(hostFileSystem.writeText(MISSING, 'nqn=x')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await hostFileSystem.kind(MISSING)).toBe('missing');
  });

  it('finds nothing that is not there claimed, nor what somebody only has open', async () => {
    expect(await hostFileSystem.isClaimed(MISSING)).toBe(false);
    expect(await hostFileSystem.isClaimed('/dev/null')).toBe(false);
  });

  it('writes to a device, which cannot be flushed as a file is', async () => {
    await expect(hostFileSystem.writeText('/dev/null', 'x')).resolves.toBeUndefined();
  });
});
