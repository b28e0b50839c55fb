import { getSnapshots, patchSnapshot, postSnapshot } from '../../rest/flashblade/snapshots.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import type { CreateVolumeSpec } from '../backend.ts';
import { shortHash } from '../names.ts';
import type { BladeContext } from './blade-context.ts';
import { deleteSnapshot } from './snapshots.ts';

/** The array copies snapshots only, so a clone of a file system needs one for a moment; found again by the clone's name. */
const suffixOf = (cloneName: string): string => `clone-${shortHash(cloneName, 16)}`;

/** The snapshot to copy; null for a blank file system. */
export async function copySource(array: BladeContext, spec: CreateVolumeSpec, call: RestCall): Promise<string | null> {
  const { source } = spec;
  if (source.kind === 'blank') return null;
  if (source.kind === 'snapshot') return source.name;
  const suffix = suffixOf(spec.name);
  const name = `${source.name}.${suffix}`;
  try {
    await postSnapshot(array.rest, source.name, suffix, call);
  } catch (error) {
    if (!(error instanceof RestError) || !error.says('already exists')) throw error;
    // Destroyed at the end of an earlier try: the clone is there then; else it is needed once more.
    const [snapshot] = (await getSnapshots(array.rest, { names: [name] }, call)).items;
    if (snapshot?.isDestroyed === true) await patchSnapshot(array.rest, name, { destroyed: false }, call);
  }
  return name;
}

/** The copy is complete and owes its source nothing: a snapshot left behind would keep the source from being deleted. */
export async function dropCopySource(array: BladeContext, spec: CreateVolumeSpec, call: RestCall): Promise<void> {
  if (spec.source.kind === 'volume') await deleteSnapshot(array, `${spec.source.name}.${suffixOf(spec.name)}`, call);
}
