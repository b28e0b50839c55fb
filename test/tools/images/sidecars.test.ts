import { expect, it } from '@jest/globals';
import { sidecars } from './sidecars.ts';

it('names each sidecar by the version pinned in go.mod, publicly and for the lab', async () => {
  const found = await sidecars();
  expect(found.map(({ binary }) => binary)).toEqual([
    'csi-provisioner',
    'csi-attacher',
    'csi-resizer',
    'csi-snapshotter',
    'snapshot-controller',
  ]);
  for (const { binary, names } of found) {
    const [publicName, labName] = names;
    expect(publicName).toMatch(new RegExp(`^registry\\.k8s\\.io/sig-storage/${binary}:v\\d+\\.\\d+\\.\\d+$`));
    expect(labName).toBe(publicName?.replace('registry.k8s.io', 'lab.local'));
  }
});
