import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { allowedOptions, createOptions, FS_TYPES, mountOptions } from './option-tokens.ts';

const DOCUMENT = readFileSync(new URL('../../../docs/parameters.md', import.meta.url), 'utf8');

describe('docs/parameters.md', () => {
  it.each(FS_TYPES)('lists every option of %s', fsType => {
    const { mount, create } = allowedOptions(fsType);
    expect([...mount, ...create].filter(name => !DOCUMENT.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('mountOptions', () => {
  it('adds discard unless it is refused, and nouuid for xfs', () => {
    expect(mountOptions('ext4', ['noatime'], false)).toEqual(['noatime', 'discard']);
    expect(mountOptions('xfs', ['nodiscard'], false)).toEqual(['nodiscard', 'nouuid']);
  });

  it('keeps commas inside a quoted SELinux context', () => {
    const context = 'context="system_u:object_r:container_file_t:s0:c1,c2"';
    expect(mountOptions('ext4', [`${context},nosuid`], true)).toEqual([context, 'nosuid', 'discard', 'ro']);
  });

  it.each(['loop=/etc/shadow', 'bind', 'commit=-1', 'noatime=1', 'constructor', 'data'])('refuses %s', option => {
    expect(() => mountOptions('ext4', [option], false)).toThrow(/is not allowed for ext4/);
  });
});

describe('createOptions', () => {
  it('takes values joined or apart', () => {
    expect(createOptions('ext4', '-m0 -E lazy_itable_init=1')).toEqual(['-m', '0', '-E', 'lazy_itable_init=1']);
  });

  it.each(['-d file,name=/etc/x', '/dev/sda', '-c 1', '-b'])('refuses %s', text => {
    expect(() => createOptions('xfs', text)).toThrow(/is not allowed for mkfs.xfs/);
  });
});
