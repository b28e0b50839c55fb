import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { named } from '../../common/select.ts';
import { list } from '../listing.ts';
import type { Call, Plan } from '../plan.ts';
import { NO_BODY } from '../plan.ts';
import type { ReplicaLinkRecord } from '../records.ts';
import { NO_REFERENCE, reference } from '../references.ts';
import type { BladeState } from '../state.ts';
import { partId } from './network.ts';

const LOCAL = { names: 'local_file_system_names', ids: 'local_file_system_ids' };

/** Links say what they were told; nothing is transferred, so that they never lag. */
function linkItem(state: BladeState, link: ReplicaLinkRecord, nowMs: number): JsonObject {
  return {
    id: link.id,
    direction: 'outbound',
    lag: 0,
    status_details: null,
    local_file_system: reference(link.fileSystem, 'file-systems'),
    policies: [],
    recovery_point: nowMs,
    remote: reference({ name: link.remote, id: partId(state, link.remote) }, 'remote-arrays'),
    remote_file_system: { name: link.remoteFileSystem, id: partId(state, `${link.remote}/${link.remoteFileSystem}`) },
    status: 'replicating',
    context: state.context,
    link_type: 'partial-snapshots',
  };
}

function chosenLinks(state: BladeState, call: Call): ReplicaLinkRecord[] {
  const ids = call.query.list('ids');
  const locals = named(call, state.fileSystems, state.settings.messages.fileSystemMissing, LOCAL);
  const remotes = call.query.list('remote_names');
  const remoteFileSystems = call.query.list('remote_file_system_names');
  return [...state.replicaLinks.values()].filter(
    link =>
      ids?.includes(link.id) !== false &&
      locals?.includes(link.fileSystem) !== false &&
      remotes?.includes(link.remote) !== false &&
      remoteFileSystems?.includes(link.remoteFileSystem) !== false,
  );
}

export function getReplicaLinks(state: BladeState, call: Call): Plan {
  return list(call, chosenLinks(state, call), link => linkItem(state, link, call.nowMs));
}

export function postReplicaLinks(state: BladeState, call: Call): Plan {
  const { fileSystemMissing, fileSystemDestroyed } = state.settings.messages;
  const locals = named(call, state.fileSystems, fileSystemMissing, LOCAL);
  const [remote] = call.query.list('remote_names') ?? [];
  if (locals === undefined || remote === undefined)
    throw refuse('Missing required parameter: local_file_system_names, remote_names.');
  const remoteNames = call.query.list('remote_file_system_names');
  const fresh = checkEach(locals, (fileSystem, index): ReplicaLinkRecord => {
    if (fileSystem.destroyedMs !== null) throw refuse(fileSystemDestroyed, fileSystem.name);
    if (state.linksOf(fileSystem).some(link => link.remote === remote))
      throw refuse('File system replica link already exists.', fileSystem.name);
    return { id: state.nextId(), fileSystem, remote, remoteFileSystem: remoteNames?.[index] ?? fileSystem.name };
  });
  return {
    effects: [],
    commit: () => {
      for (const link of fresh) state.replicaLinks.set(link.id, link);
      return { items: fresh.map(link => linkItem(state, link, call.nowMs)) };
    },
  };
}

export function deleteReplicaLinks(state: BladeState, call: Call): Plan {
  if (!call.query.has('ids') && !call.query.has(LOCAL.names) && !call.query.has(LOCAL.ids))
    throw refuse('Missing required parameter: ids.');
  const doomed = chosenLinks(state, call);
  if (doomed.length === 0)
    throw refuse('File system replica link does not exist.', call.query.text(LOCAL.names) ?? null);
  return {
    effects: [],
    commit: () => {
      for (const { id } of doomed) state.replicaLinks.delete(id);
      return NO_BODY;
    },
  };
}

/** Arrays that replica links go to. */
export function getArrayConnections(state: BladeState, call: Call): Plan {
  const names = [...new Set(Array.from(state.replicaLinks.values(), ({ remote }) => remote))];
  return list(
    call,
    names.map(name => ({ name })),
    ({ name }) => ({
      id: partId(state, `connection/${name}`),
      ca_certificate_group: NO_REFERENCE,
      encrypted: false,
      management_address: null,
      remote: reference({ name, id: partId(state, name) }, 'remote-arrays'),
      replication_addresses: [],
      status: 'connected',
      throttle: { default_limit: null, window: null, window_limit: null },
      version: state.settings.purity,
      context: state.context,
      os: 'Purity//FB',
      type: 'async-replication',
    }),
  );
}
