import type { CallContext } from '../backends/backend.ts';
import { backendTypeOf } from '../domain/array.ts';
import type { ArrayKind } from '../domain/array.ts';
import { PsoError } from '../domain/errors.ts';
import type { VolumeChanges } from '../domain/volume-changes.ts';
import type { VolumeHandle } from '../domain/volume.ts';
import { kindOf } from '../placement/framework.ts';
import type { Member } from './fleet.ts';
import { isEmpty } from './mutable-parameters.ts';

/** All of it, or nothing. */
export async function modifyVolume(
  { backend, state }: Member,
  { name }: VolumeHandle,
  changes: VolumeChanges,
  call: CallContext,
): Promise<void> {
  if (isEmpty(changes)) {
    if (await backend.findVolume(name, call)) return;
    throw new PsoError('volume-missing', `Volume ${name} does not exist.`, 'Name one that exists.');
  }
  checkFits(name, kindOf(state), changes);
  await backend.modifyVolume(name, changes, call);
}

function checkFits(name: string, kind: ArrayKind, { tags, protectionGroup, exportPolicy }: VolumeChanges): void {
  const isFile = backendTypeOf(kind) === 'file';
  const isForBlock = protectionGroup !== null || Object.keys(tags).length > 0;
  if (isFile ? !isForBlock : exportPolicy === null) return;
  throw new PsoError(
    'change-unsupported',
    `Volume ${name} is on a ${kind}, which has ${isFile ? 'neither tags nor protection groups' : 'no export policies'}.`,
    `Use a VolumeAttributesClass with iops_limit, bandwidth_limit${isFile ? ' and export_policy' : ', protection_group and tags.*'} only.`,
  );
}
