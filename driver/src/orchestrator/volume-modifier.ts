import type { CallContext } from '../backends/backend.ts';
import { PsoError } from '../domain/errors.ts';
import type { VolumeChanges } from '../domain/volume-changes.ts';
import type { VolumeHandle } from '../domain/volume.ts';
import type { Member } from './fleet.ts';
import { isEmpty } from './mutable-parameters.ts';

/** All of it, or nothing. */
export async function modifyVolume(
  { backend, state }: Member,
  { name }: VolumeHandle,
  changes: VolumeChanges,
  call: CallContext,
): Promise<void> {
  const missing = () => new PsoError('volume-missing', `Volume ${name} does not exist.`, 'Name one that exists.');
  if (isEmpty(changes)) {
    if ((await backend.findVolume(name, call)) === null) throw missing();
    return;
  }
  if (backend.modifyVolume) return backend.modifyVolume(name, changes, call);
  const { qos, tags, protectionGroup } = changes;
  if (protectionGroup !== null || Object.keys(tags).length > 0) {
    throw new PsoError(
      'change-unsupported',
      `Volume ${name} is on a ${state.settings.kind}, which has neither tags nor protection groups.`,
      'Use a VolumeAttributesClass with iops_limit and bandwidth_limit only.',
    );
  }
  const before = await backend.findVolume(name, call);
  if (before === null) throw missing();
  await backend.setQos(name, { ...before.qos, ...qos }, call);
}
