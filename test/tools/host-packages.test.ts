import process from 'node:process';
import { describe, expect, it } from '@jest/globals';
import { ensureHostPackages, isRoot } from './host-packages.ts';

const here = { name: 'bash', provides: process.execPath };
const absent = { name: 'flex', provides: '/nowhere/flex' };

describe('host packages', () => {
  it('does nothing when all are there', async () => {
    await ensureHostPackages([here], undefined, () => Promise.reject(new Error('installed')));
  });

  it('installs what is missing as root, and names the command to run otherwise', async () => {
    const installed: string[] = [];
    const ensured = ensureHostPackages([here, absent, absent], undefined, names => {
      installed.push(...names);
      return Promise.resolve();
    });
    if (isRoot()) {
      await ensured;
      expect(installed).toEqual(['flex']);
    } else {
      await expect(ensured).rejects.toMatchObject({
        nextStep: 'Run: sudo apt-get install --no-install-recommends flex',
      });
      expect(installed).toEqual([]);
    }
  });
});
