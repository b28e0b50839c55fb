import { checkEach, refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import { named, targets } from '../../common/select.ts';
import { accessRules } from '../export-rules.ts';
import { list } from '../listing.ts';
import type { Call, Effect, Plan } from '../plan.ts';
import { bodyObject, NO_BODY } from '../plan.ts';
import type { ExportRecord, FileSystemRecord, NfsPolicyRecord } from '../records.ts';
import { NO_REFERENCE, reference } from '../references.ts';
import type { BladeState } from '../state.ts';
import { currentAccess, DEFAULT_SERVER, defaultExport } from '../state.ts';
import { serverId } from './network.ts';
import { accessEffects, newExport } from './nfs-view.ts';
import { objectOf } from './traits.ts';

const MISSING = 'File system export does not exist.';
const MEMBERS = { names: 'member_names', ids: 'member_ids' };
const POLICIES = { names: 'policy_names', ids: 'policy_ids' };
const NO_WORKLOAD: JsonObject = { ...NO_REFERENCE, configuration: null };

/** Null: the export works. */
function statusOf({ policy, fileSystem }: ExportRecord): string | null {
  if (!policy.enabled) return 'policy_disabled';
  return fileSystem.nfs.v3 || fileSystem.nfs.v41 ? null : 'protocol_disabled';
}

function exportItem(state: BladeState, exported: ExportRecord): JsonObject {
  const status = statusOf(exported);
  return {
    id: exported.id,
    name: exported.name,
    enabled: status === null,
    export_name: exported.exportName,
    member: reference(exported.fileSystem, 'file-systems'),
    policy: reference(exported.policy, 'nfs-export-policies'),
    policy_type: 'nfs',
    server: reference({ name: exported.server, id: serverId(state) }, 'servers'),
    share_policy: NO_REFERENCE,
    status,
    context: state.context,
    workload: NO_WORKLOAD,
  };
}

export function getExports(state: BladeState, call: Call): Plan {
  const chosen = named(call, state.exports, MISSING);
  return list(call, chosen ?? state.exports.values(), exported => exportItem(state, exported));
}

function checkServer(given: JsonObject): string {
  const server = given.name ?? DEFAULT_SERVER;
  if (server !== DEFAULT_SERVER) throw refuse('Server does not exist.', JSON.stringify(server));
  return server;
}

function checkExportName(state: BladeState, exportName: string, server: string, own: ExportRecord | null): void {
  if (!/^[a-z0-9_.-]{1,255}$/i.test(exportName)) throw refuse('Invalid export name.', exportName);
  for (const other of state.exports.values()) {
    const isSame = other.server === server && other.exportName.toLowerCase() === exportName.toLowerCase();
    if (isSame && other !== own) throw refuse('File system export already exists.', exportName);
  }
}

/** What the data plane hears when the export that bears the file system's name changes its policy. */
function policyChange(state: BladeState, fileSystem: FileSystemRecord, policy: NfsPolicyRecord | null): Effect[] {
  if (fileSystem.destroyedMs !== null) return [];
  const settings = policy === null ? fileSystem.nfs : { ...fileSystem.nfs, rules: '' };
  return accessEffects(state, fileSystem, currentAccess(fileSystem), accessRules(settings, policy));
}

export function postExports(state: BladeState, call: Call): Plan {
  const { fileSystemMissing, policyMissing } = state.settings.messages;
  const members = named(call, state.fileSystems, fileSystemMissing, MEMBERS) ?? [];
  const policies = named(call, state.nfsPolicies, policyMissing, POLICIES) ?? [];
  const [policy] = policies;
  if (policy === undefined || members.length === 0)
    throw refuse('Missing required parameter: member_names, policy_names.');
  const body = bodyObject(call);
  const server = checkServer(objectOf(body.server));
  const fresh = checkEach(members, fileSystem => {
    if (fileSystem.destroyedMs !== null) throw refuse(state.settings.messages.fileSystemDestroyed, fileSystem.name);
    const exportName = typeof body.export_name === 'string' ? body.export_name : fileSystem.name;
    checkExportName(state, exportName, server, null);
    return newExport(state, fileSystem, policy, exportName, server);
  });
  const isOwnName = ({ exportName, fileSystem }: ExportRecord): boolean =>
    exportName.toLowerCase() === fileSystem.name.toLowerCase();
  return {
    effects: fresh.filter(isOwnName).flatMap(({ fileSystem }) => policyChange(state, fileSystem, policy)),
    commit: () => {
      for (const exported of fresh) {
        if (isOwnName(exported)) exported.fileSystem.nfs.rules = '';
        state.addExport(exported);
      }
      return { items: fresh.map(exported => exportItem(state, exported)) };
    },
  };
}

/** Another policy, or another name: clients then mount by that. */
export function patchExports(state: BladeState, call: Call): Plan {
  const body = bodyObject(call);
  const chosen = targets(call, state.exports, MISSING);
  const policyName = objectOf(body.policy).name;
  const policy = typeof policyName === 'string' ? state.nfsPolicy(policyName) : null;
  const exportName = typeof body.export_name === 'string' ? body.export_name : null;
  if (body.server !== undefined) checkServer(objectOf(body.server));
  if (exportName !== null) {
    if (chosen.length > 1) throw refuse('Invalid combination of parameters specified.', 'export_name');
    checkEach(chosen, exported => checkExportName(state, exportName, exported.server, exported));
  }
  return {
    effects: chosen.flatMap(exported => patchEffects(state, exported, policy ?? exported.policy, exportName)),
    commit: () => {
      for (const exported of chosen) {
        exported.policy.exports.delete(exported);
        exported.policy = policy ?? exported.policy;
        exported.policy.exports.add(exported);
        if (exportName !== null) {
          exported.exportName = exportName;
          state.exports.rename(exported, `${exported.server}::NFS::${exportName}`);
        }
      }
      return { items: chosen.map(exported => exportItem(state, exported)) };
    },
  };
}

function patchEffects(
  state: BladeState,
  exported: ExportRecord,
  policy: NfsPolicyRecord,
  exportName: string | null,
): Effect[] {
  const { fileSystem } = exported;
  const wasOwn = defaultExport(fileSystem) === exported;
  const isOwn = (exportName ?? exported.exportName).toLowerCase() === fileSystem.name.toLowerCase();
  return wasOwn || isOwn ? policyChange(state, fileSystem, isOwn ? policy : null) : [];
}

export function deleteExports(state: BladeState, call: Call): Plan {
  const doomed = targets(call, state.exports, MISSING);
  const own = doomed.filter(exported => defaultExport(exported.fileSystem) === exported);
  return {
    effects: own.flatMap(({ fileSystem }) => policyChange(state, fileSystem, null)),
    commit: () => {
      for (const exported of doomed) state.removeExport(exported);
      return NO_BODY;
    },
  };
}
