import { PsoError } from '../../domain/errors.ts';
import type { VolumeChanges } from '../../domain/volume-changes.ts';
import type { FileSystemItem, FileSystemPatch } from '../../rest/flashblade/file-systems.ts';
import { patchFileSystem } from '../../rest/flashblade/file-systems.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import { translated } from '../errors.ts';
import { remember, type BladeContext } from './blade-context.ts';
import { requireLive } from './find-file-system.ts';
import { dropPolicy, ensurePolicy, limitsOf } from './qos.ts';

type FileSystemChanges = Pick<VolumeChanges, 'qos' | 'exportPolicy'>;

/**
 * One PATCH, so all or nothing. For other limits the file system changes to another policy; the one that nothing uses
 * then goes when it was ours.
 */
export async function modifyFileSystem(
  array: BladeContext,
  name: string,
  changes: FileSystemChanges,
  call: RestCall,
): Promise<void> {
  await translated(`changing file system ${name}`, async () => {
    const before = await requireLive(array, name, call);
    const body = exportsPatch(before, changes.exportPolicy);
    const qosPolicy = await wantedPolicy(array, before, changes, call);
    if (qosPolicy === before.qosPolicy) {
      if (body.nfs) remember(array, await patchFileSystem(array.rest, name, body, call));
      return;
    }
    try {
      const patched = await patchFileSystem(array.rest, name, { ...body, qos_policy: { name: qosPolicy ?? '' } }, call);
      remember(array, patched);
    } catch (error) {
      if (error instanceof RestError && error.failure === 'rejected') await dropPolicy(array, name, qosPolicy, call);
      throw error;
    }
    await dropPolicy(array, name, before.qosPolicy, call);
  });
}

/** Rules of nodes that use it now would go with the change from rules to a policy, and with them their access. */
function exportsPatch({ name, exportPolicy: before }: FileSystemItem, wanted: string | null): FileSystemPatch {
  if (wanted === null || wanted === before) return {};
  if (before !== null) return { nfs: { export_policy: { name: wanted } } };
  throw new PsoError(
    'change-unsupported',
    `File system ${name} lets nodes in by rules of its own, which export_policy="${wanted}" would end.`,
    'Name export_policy in the StorageClass of new claims; a policy can be changed for another one.',
  );
}

async function wantedPolicy(
  array: BladeContext,
  { name, qosPolicy }: FileSystemItem,
  { qos }: FileSystemChanges,
  call: RestCall,
): Promise<string | null> {
  if (Object.keys(qos).length === 0) return qosPolicy;
  const limits = { ...(await limitsOf(array, qosPolicy, call)), ...qos };
  return await ensurePolicy(array, name, limits, call);
}
