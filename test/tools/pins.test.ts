import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { artefacts } from './artefacts.ts';
import { versionIn } from './go-tools.ts';
import { lostOptions } from './kernel.ts';

const file = (name: string): Promise<string> => readFile(path.join(import.meta.dirname, name), 'utf8');

describe('pinned versions', () => {
  it('reads a version from go.mod, as a list entry and as a line of its own', () => {
    expect(versionIn('require (\n\ta.b/c v1.2.3 // indirect\n)\n', 'a.b/c')).toBe('v1.2.3');
    expect(versionIn('require a.b/c v1.2.3\n', 'a.b/c')).toBe('v1.2.3');
    expect(() => versionIn('replace a.b/c => a.b/d v1.0.0\ntool a.b/c\n', 'a.b/c')).toThrow('no version of a.b/c');
  });

  it('finds Kubernetes and Helm in the committed go.mod', async () => {
    const goMod = await file('go/kube/go.mod');
    expect(versionIn(goMod, 'k8s.io/kubernetes')).toMatch(/^v1\.\d+\.\d+$/);
    expect(versionIn(goMod, 'helm.sh/helm/v3')).toMatch(/^v3\./);
  });

  it('notices kernel options that a source no longer has', () => {
    expect(lostOptions('CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C="x"\n', 'CONFIG_A=y\nCONFIG_C="y"\n')).toEqual([
      'CONFIG_C="x"',
    ]);
  });

  it('asks the kernel for every transport, target and file system the lab needs', async () => {
    const options = (await file('kernel/config')).split('\n');
    const wanted = [
      'ISCSI_TCP',
      'DM_MULTIPATH',
      'SCSI_DH_ALUA',
      'NVME_TCP',
      'NVME_MULTIPATH',
      'FCOE',
      'NFS_V4_2',
      'NFSD_V4',
    ];
    const targets = ['ISCSI_TARGET', 'TCM_IBLOCK', 'TCM_FILEIO', 'TCM_FC', 'NVME_TARGET_TCP', 'BLK_DEV_LOOP'];
    const files = ['EXT4_FS', 'XFS_FS', 'OVERLAY_FS', 'TMPFS_XATTR', 'HOSTFS'];
    for (const name of [...wanted, ...targets, ...files]) expect(options).toContain(`CONFIG_${name}=y`);
  });

  it('gives every artefact a name of its own', () => {
    const names = artefacts.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
