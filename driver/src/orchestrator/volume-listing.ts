import type { PublishedVolume } from '../backends/backend.ts';
import type { Fleet, Member } from './fleet.ts';
import type { HandleResolver } from './handle-resolver.ts';
import type { NodeIds } from './node-ids.ts';
import { listFleet } from './page-token.ts';
import type { CallContext, ListedVolume, ListPage } from './requests.ts';
import type { ReachedMember } from './shared-pods.ts';
import { isReached, SharedPods } from './shared-pods.ts';

export interface VolumeListingParts {
  readonly fleet: Fleet;
  readonly handles: HandleResolver;
  readonly nodeIds: NodeIds;
  /** `<cluster>-`: our volumes' names start so. */
  readonly prefix: string;
  /** Ids of all PersistentVolumes; null while they are not known. */
  readonly volumeIds: () => Iterable<string> | null;
}

type Mine = PublishedVolume & { readonly others: readonly ReachedMember[] };

/** One page of all volumes of the fleet, each once, also when two arrays have it, with the nodes that any of these lets in. */
export async function listVolumes(
  parts: VolumeListingParts,
  page: { readonly limit: number; readonly token: string },
  call: CallContext,
): Promise<ListPage<ListedVolume>> {
  const { fleet, handles, nodeIds, prefix } = parts;
  const pods = new SharedPods(fleet.members(), call);
  const { items, nextToken } = await listFleet<Mine>(
    fleet.members(),
    page,
    async (member, part, context) => {
      const imported = handles.importedOn(member.arrayId);
      const listed = await member.backend.listVolumes(prefix, part, context, imported);
      return isReached(member) ? pods.own(member, listed) : { items: [], next: null };
    },
    call,
  );
  const persistent = items.some(({ others }) => others.length > 0) ? new Set(parts.volumeIds()) : null;
  const entries = items.map(async ({ others, hostNames, ...volume }) => {
    const there = await Promise.all(others.map(other => pods.nodesOn(other, volume.handle.name)));
    return {
      volume,
      id: handles.idOf(volume.handle, others, persistent),
      nodeIds: await nodeIds.idsOf([...hostNames, ...there.flat()]),
    };
  });
  return { items: await Promise.all(entries), nextToken };
}

/** Of one volume, on its own array and on another that has it, too. */
export async function publishedNodeIds(
  { fleet, nodeIds }: VolumeListingParts,
  home: Member,
  volumeName: string,
  call: CallContext,
): Promise<readonly string[]> {
  const pods = new SharedPods(fleet.members(), call);
  const others = isReached(home) ? await pods.othersOf(home, volumeName) : [];
  const names = await Promise.all([
    home.backend.publishedNodes(volumeName, call),
    ...others.map(other => pods.nodesOn(other, volumeName)),
  ]);
  return nodeIds.idsOf(names.flat());
}
