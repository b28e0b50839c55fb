import { createHash } from 'node:crypto';
import type { CallContext, GroupSnapshots as GroupSnapshotsOfArray } from '../backends/backend.ts';
import { PsoError } from '../domain/errors.ts';
import type { GroupSnapshot, VolumeHandle } from '../domain/volume.ts';
import type { Fleet, Member } from './fleet.ts';

/** A call that comes before the arrays were asked waits so long for them. */
const FIRST_CONTACT_MS = 3000;
const MARK = '-group-';

const labelOf = ({ state }: Member): string => state.observation?.identity.name ?? state.settings.endpoint;

/** Snapshots of several volumes at one instant, which only one array can give. */
export class GroupSnapshots {
  readonly #fleet: Fleet;
  /** Beginning of the names of all groups that this driver makes; arrays allow no `_` in them. */
  readonly #prefix: string;

  constructor(fleet: Fleet, clusterId: string) {
    this.#fleet = fleet;
    this.#prefix = `${clusterId.replaceAll('_', '-')}${MARK}`;
  }

  async create(name: string, sources: readonly VolumeHandle[], call: CallContext): Promise<GroupSnapshot> {
    await this.#fleet.whenAsked(FIRST_CONTACT_MS);
    const [first] = sources;
    if (!first) throw new PsoError('field-missing', 'source_volume_ids is missing.', 'It is required.');
    const members = sources.map(source => this.#fleet.byArrayId(source.arrayId, `Volume ${source.name}`));
    const labels = [...new Set(members.map(labelOf))];
    if (labels.length > 1) throw acrossArrays(name, sources, members, labels);
    const { groups } = this.#arrayOf(first);
    return groups.create(this.#nameOf(name), [...new Set(sources.map(source => source.name))], call);
  }

  async find(handle: VolumeHandle, call: CallContext): Promise<GroupSnapshot | null> {
    await this.#fleet.whenAsked(FIRST_CONTACT_MS);
    return this.#arrayOf(handle).groups.find(handle.name, call);
  }

  async delete(handle: VolumeHandle, call: CallContext): Promise<void> {
    await this.#fleet.whenAsked(FIRST_CONTACT_MS);
    await this.#arrayOf(handle).groups.delete(handle.name, this.#isOurs(handle.name), call);
  }

  /** Short, because a member's handle holds it beside the volume's name, and CSI gives 128 bytes. */
  #nameOf(name: string): string {
    return `${this.#prefix}${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
  }

  /** A group that an administrator made, imported with its snapshot, stays. */
  #isOurs(snapshotName: string): boolean {
    return snapshotName.replace(/^.*::/, '').startsWith(this.#prefix);
  }

  #arrayOf(handle: VolumeHandle): { readonly groups: GroupSnapshotsOfArray } {
    const member = this.#fleet.byArrayId(handle.arrayId, `Group snapshot of ${handle.name}`);
    const { groupSnapshots } = member.backend;
    if (groupSnapshots) return { groups: groupSnapshots };
    throw new PsoError(
      'group-unsupported',
      `Array ${labelOf(member)} is a ${member.state.settings.kind}, which cannot snapshot several volumes at one instant.`,
      'Use VolumeSnapshots of the single volumes, or volumes of a class with backend: block.',
    );
  }
}

function acrossArrays(
  name: string,
  sources: readonly VolumeHandle[],
  members: readonly Member[],
  labels: readonly string[],
): PsoError {
  const places = labels.map(label => {
    const names = sources.filter((_, index) => members[index] && labelOf(members[index]) === label);
    return `${names.map(source => source.name).join(', ')} on ${label}`;
  });
  return new PsoError(
    'group-across-arrays',
    `Group snapshot ${name}: the volumes are on several arrays (${places.join('; ')}), which have no common instant.`,
    'Place volumes that belong together on one array: a class with an arraySelector for it.',
  );
}
