import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { named } from '../../common/select.ts';
import { list } from '../listing.ts';
import { usedBytes } from '../load-model.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { FileSystemRecord, QuotaRecord } from '../records.ts';
import { reference } from '../references.ts';
import type { BladeState } from '../state.ts';
import { partId } from './network.ts';

type Kind = QuotaRecord['kind'];

const FILE_SYSTEMS = { names: 'file_system_names', ids: 'file_system_ids' };
const SUBJECTS = {
  users: { ids: 'uids', names: 'user_names', key: 'user', word: 'User' },
  groups: { ids: 'gids', names: 'group_names', key: 'group', word: 'Group' },
} as const;

/** Nobody but root is known by name: no directory service is simulated. */
const ROOT = 'root';

function quotaName({ fileSystem, subject }: QuotaRecord): string {
  return `${fileSystem.name}/${subject}`;
}

function quotaItem(state: BladeState, kind: Kind, row: Row, nowMs: number): JsonObject {
  const { fileSystem, subject, quota } = row;
  const isUsers = kind === 'users';
  return {
    name: `${fileSystem.name}/${subject}`,
    [SUBJECTS[kind].key]: { id: subject, name: subject === 0 ? ROOT : null },
    file_system: reference(fileSystem, 'file-systems'),
    file_system_default_quota: isUsers ? fileSystem.traits.defaultUserQuota : fileSystem.traits.defaultGroupQuota,
    quota,
    usage: subject === 0 ? usedBytes(fileSystem, nowMs) : 0,
    context: state.context,
  };
}

interface Row {
  readonly fileSystem: FileSystemRecord;
  readonly subject: number;
  readonly quota: number | null;
}

function chosenFileSystems(state: BladeState, call: Call): Iterable<FileSystemRecord> {
  const { fileSystemMissing } = state.settings.messages;
  return named(call, state.fileSystems, fileSystemMissing, FILE_SYSTEMS) ?? state.fileSystems.values();
}

/** By UID or GID, or by name; undefined when the call names none. */
function subjects(call: Call, kind: Kind): number[] | undefined {
  const { ids, names, word } = SUBJECTS[kind];
  const byName = call.query.list(names);
  if (byName !== undefined) {
    return checkEach(byName, name => {
      if (name !== ROOT) throw refuse(`${word} does not exist.`, name);
      return 0;
    });
  }
  return call.query.list(ids)?.map(id => {
    if (!/^\d{1,10}$/.test(id)) throw refuse(`Invalid value for parameter: ${ids}.`, id);
    return Number(id);
  });
}

function chosenQuotas(state: BladeState, call: Call, kind: Kind): QuotaRecord[] {
  const wanted = subjects(call, kind);
  const names = call.query.list('names');
  return Array.from(chosenFileSystems(state, call))
    .flatMap(({ quotas }) => quotas)
    .filter(quota => quota.kind === kind)
    .filter(quota => wanted?.includes(quota.subject) !== false && names?.includes(quotaName(quota)) !== false);
}

interface QuotaRoutes {
  readonly get: (state: BladeState, call: Call) => Plan;
  readonly post: (state: BladeState, call: Call) => Plan;
  readonly patch: (state: BladeState, call: Call) => Plan;
  readonly remove: (state: BladeState, call: Call) => Plan;
  readonly usage: (state: BladeState, call: Call) => Plan;
}

/** Users' and groups' quotas are alike. */
export function quotaRoutes(kind: Kind): QuotaRoutes {
  return {
    get: (state, call) =>
      list(call, chosenQuotas(state, call, kind), quota => quotaItem(state, kind, quota, call.nowMs)),
    post: (state, call) => postQuotas(state, call, kind),
    patch: (state, call) => patchQuotas(state, call, kind),
    remove: (state, call) => {
      const doomed = requiredQuotas(state, call, kind);
      return {
        effects: [],
        commit: () => {
          for (const quota of doomed) quota.fileSystem.quotas.splice(quota.fileSystem.quotas.indexOf(quota), 1);
          return NO_BODY;
        },
      };
    },
    usage: (state, call) => getUsage(state, call, kind),
  };
}

function quotaOf(call: Call): number {
  const { quota } = bodyObject(call);
  if (typeof quota !== 'number' || quota <= 0) throw refuse('Invalid quota.', JSON.stringify(quota ?? null));
  return quota;
}

function postQuotas(state: BladeState, call: Call, kind: Kind): Plan {
  const quota = quotaOf(call);
  const wanted = subjects(call, kind);
  const fileSystems = named(call, state.fileSystems, state.settings.messages.fileSystemMissing, FILE_SYSTEMS);
  if (wanted === undefined || fileSystems === undefined)
    throw refuse(`Missing required parameter: file_system_names, ${SUBJECTS[kind].ids}.`);
  const fresh = fileSystems.flatMap(fileSystem =>
    wanted.map((subject): QuotaRecord => {
      const isTaken = fileSystem.quotas.some(other => other.kind === kind && other.subject === subject);
      if (isTaken) throw refuse('Quota already exists.', `${fileSystem.name}/${subject}`);
      return { kind, fileSystem, subject, quota };
    }),
  );
  return {
    effects: [],
    commit: () => {
      for (const one of fresh) one.fileSystem.quotas.push(one);
      return { items: fresh.map(one => quotaItem(state, kind, one, call.nowMs)) };
    },
  };
}

function requiredQuotas(state: BladeState, call: Call, kind: Kind): QuotaRecord[] {
  const chosen = chosenQuotas(state, call, kind);
  const isNamed = call.query.has('names') || subjects(call, kind) !== undefined;
  if (!isNamed) throw refuse('Missing required parameter: names.');
  if (chosen.length === 0) throw refuse('Quota does not exist.', call.query.text('names') ?? null);
  return chosen;
}

function patchQuotas(state: BladeState, call: Call, kind: Kind): Plan {
  const quota = quotaOf(call);
  const chosen = requiredQuotas(state, call, kind);
  return {
    effects: [],
    commit: () => {
      for (const one of chosen) one.quota = quota;
      return { items: chosen.map(one => quotaItem(state, kind, one, call.nowMs)) };
    },
  };
}

/** All data is root's; who has a quota is listed, too. */
function getUsage(state: BladeState, call: Call, kind: Kind): Plan {
  const wanted = subjects(call, kind);
  const rows = Array.from(chosenFileSystems(state, call)).flatMap((fileSystem): Row[] => {
    const quotas = fileSystem.quotas.filter(quota => quota.kind === kind);
    const isRootListed = quotas.some(({ subject }) => subject === 0);
    return isRootListed ? quotas : [{ fileSystem, subject: 0, quota: null }, ...quotas];
  });
  const shown = rows.filter(({ subject }) => wanted?.includes(subject) !== false);
  return list(call, shown, row => quotaItem(state, kind, row, call.nowMs));
}

export function getQuotaSettings(state: BladeState, call: Call): Plan {
  return list(call, [state], () => ({
    id: partId(state, 'management'),
    name: 'management',
    contact: '',
    direct_notifications_enabled: false,
  }));
}
