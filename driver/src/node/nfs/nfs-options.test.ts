import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { NfsPublishContext } from '../../domain/publish-context.ts';
import { NFS_OPTION_NAMES, nfsOptions, optionList } from './nfs-options.ts';

const DOCUMENT = readFileSync(new URL('../../../../docs/parameters.md', import.meta.url), 'utf8');

const context = (version: NfsPublishContext['version'] = 'auto'): NfsPublishContext => ({
  protocol: 'nfs',
  server: '10.0.0.9',
  exportPath: '/fs',
  version,
});

describe('docs/parameters.md', () => {
  it('lists every option of NFS', () => {
    expect(NFS_OPTION_NAMES.filter(name => !DOCUMENT.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('nfsOptions', () => {
  it('tries 4.1 and then 3 where nobody chose', () => {
    expect(nfsOptions(context(), [], false)).toEqual({ versions: ['4.1', '3'], tokens: ['hard'] });
  });

  it.each([
    [['nfsvers=3'], ['3']],
    [['vers=4.1'], ['4.1']],
    [['nfsvers=4,noatime'], ['4.1']],
    [['nfsvers=3', 'vers=3'], ['3']],
  ] as const)('%j leaves one version: %j', (flags, versions) => {
    expect(nfsOptions(context(), flags, false).versions).toEqual(versions);
  });

  it('takes the version that the array’s side chose, and refuses another beside it', () => {
    expect(nfsOptions(context('3'), [], false).versions).toEqual(['3']);
    expect(() => nfsOptions(context('3'), ['nfsvers=4.1'], false)).toThrow(/versions 3 and 4.1 are asked for at once/);
    expect(() => nfsOptions(context(), ['nfsvers=3', 'vers=4.1'], false)).toThrow(/at once/);
  });

  it('passes what is allowed, without words for fstab, and read-only wins', () => {
    const flags = ['rw', 'hard,noatime', '_netdev', 'nconnect=4', 'rsize=524288'];
    const { tokens } = nfsOptions(context(), flags, true);
    expect(tokens).toEqual(['hard', 'noatime', 'nconnect=4', 'rsize=524288', 'ro']);
  });

  it.each(['soft', 'softerr', 'hard,soft'])('refuses %s, as it loses writes', flag => {
    expect(() => nfsOptions(context(), [flag], false)).toThrow(/writes would be lost/);
  });

  it.each([
    'discard',
    'bg',
    'nconnect=17',
    'sec=krb5',
    'vers=4.2',
    'vers=2',
    'fsc',
    'addr=10.0.0.1',
    'constructor',
    'retry=9',
    'rsize',
  ])('refuses %s', flag => {
    expect(() => nfsOptions(context(), [flag], false)).toThrow(/is not allowed for nfs/);
  });
});

describe('optionList', () => {
  it.each([
    ['10.0.0.9', 'vers=3,retry=0,mountproto=tcp,hard'],
    ['fd00::9', 'vers=3,retry=0,mountproto=tcp6,hard'],
    ['files.example', 'vers=3,retry=0,hard'],
  ])('asks %s for the mount service by TCP, in the family of the address', (server, expected) => {
    expect(optionList('3', nfsOptions(context(), [], false), server)).toBe(expected);
  });

  it('leaves a mount protocol that the class has', () => {
    expect(optionList('3', nfsOptions(context(), ['mountproto=tcp6'], false), '10.0.0.9')).toBe(
      'vers=3,retry=0,hard,mountproto=tcp6',
    );
  });

  it('has no mount protocol for version 4.1', () => {
    expect(optionList('4.1', nfsOptions(context(), [], false), '10.0.0.9')).toBe('vers=4.1,retry=0,hard');
  });
});
