import type { PublishContext } from '../../domain/publish-context.ts';
import { silentLogger } from '../../lib/logger.ts';
import { composeStorage, type NodeStoragePorts } from '../compose-storage.ts';
import type { NodeStorage, PublishRequest, StageRequest } from '../node-storage.ts';
import type { FakeNode } from './fake-node.ts';
import { ImmediateClock } from './immediate-clock.ts';

export const KUBELET_DIR = '/var/lib/kubelet';
export const stagingPath = `${KUBELET_DIR}/plugins/kubernetes.io/csi/pure-csi/1/globalmount`;
export const targetPathOf = (pod: string): string => `${KUBELET_DIR}/pods/${pod}/volumes/kubernetes.io~csi/pv1/mount`;
export const targetPath = targetPathOf('p1');
export const volumeId = '6c4b1e3a-0000-4000-8000-00000000abcd/v1';

/** A new process of the node plugin on a node that may have had one before. */
export async function startStorage(node: FakeNode, more: Partial<NodeStoragePorts> = {}): Promise<NodeStorage> {
  await node.makeDirectory(KUBELET_DIR);
  return await composeStorage({
    exec: node,
    fs: node,
    clock: new ImmediateClock(),
    logger: silentLogger,
    kubeletDir: KUBELET_DIR,
    pluginDir: `${KUBELET_DIR}/plugins/pure-csi`,
    loginTimeoutMs: 20_000,
    ...more,
  });
}

/** An ext4 file system for a volume that was created blank. */
export const stageRequestOf = <Context extends PublishContext>(
  context: Context,
  change: Partial<StageRequest<Context>> = {},
): StageRequest<Context> => ({
  volumeId,
  stagingPath,
  context,
  use: { kind: 'mount', fsType: 'ext4', mountFlags: [] },
  access: 'shared',
  createOptions: '',
  isCreatedBlank: true,
  createdBytes: 0,
  ...change,
});

/** For a pod, of what was staged so. */
export const publishRequestOf = <Context extends PublishContext>(
  { context, use, access, ...staged }: StageRequest<Context>,
  change: Partial<PublishRequest<Context>> = {},
): PublishRequest<Context> => ({
  volumeId: staged.volumeId,
  stagingPath: staged.stagingPath,
  context,
  use,
  access,
  targetPath,
  readOnly: false,
  ...change,
});

export const formatsOn = (node: FakeNode): readonly string[] => [...node.ran('mkfs.ext4'), ...node.ran('mkfs.xfs')];

/** What the plugin wrote down of volumes and logins. */
export const notesOn = (node: FakeNode): readonly string[] =>
  [...node.files.keys()].filter(file => /\/pure-csi\/(staged|logins|formatting)\//.test(file));

/** Sessions, devices and mounts, by name. */
export const leftoversOn = ({ kernel }: FakeNode): readonly string[] => [
  ...kernel.sessions.map(({ portal }) => portal),
  ...kernel.disks.map(({ name }) => name),
  ...kernel.maps.map(({ device }) => device),
  ...kernel.mounts.map(({ path }) => path),
];
