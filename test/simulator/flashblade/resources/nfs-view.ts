import { refuse } from '../../common/api-error.ts';
import type { JsonObject } from '../../common/json.ts';
import type { FileDataPlaneRule } from '../data-plane.ts';
import { accessRules, editRules, parseRules } from '../export-rules.ts';
import type { Effect } from '../plan.ts';
import type { ExportRecord, FileSystemRecord, NfsPolicyRecord, NfsSettings } from '../records.ts';
import type { BladeState } from '../state.ts';
import { DEFAULT_SERVER, defaultExport } from '../state.ts';
import { objectOf } from './traits.ts';

/** `nfs` as a call leaves it: settings, and the policy of the export that bears the file system's name. */
export interface NfsView {
  readonly settings: NfsSettings;
  readonly policy: NfsPolicyRecord | null;
}

const OPEN_TO_ALL = '*(rw,no_root_squash)';

export function currentView(fileSystem: FileSystemRecord): NfsView {
  return { settings: fileSystem.nfs, policy: defaultExport(fileSystem)?.policy ?? null };
}

export function viewRules({ settings, policy }: NfsView): FileDataPlaneRule[] {
  return accessRules(settings, policy);
}

/** `defaultExports`: whether a file system without rules and policy is open to all, as the array has it by default. */
export function newView(state: BladeState, body: JsonObject, defaultExports: boolean): NfsView {
  const nfs = objectOf(body.nfs);
  const isGiven = nfs.rules !== undefined || nfs.export_policy !== undefined;
  const rules = isGiven || !defaultExports ? '' : OPEN_TO_ALL;
  return changedView(state, body, { settings: { v3: false, v41: false, rules }, policy: null });
}

/** Rules and policy exclude each other; setting one clears the other. Throws 400. */
export function changedView(state: BladeState, body: JsonObject, old: NfsView): NfsView {
  const nfs = objectOf(body.nfs);
  const add = textOf(nfs.add_rules);
  const remove = textOf(nfs.remove_rules);
  const after = textOf(nfs.after);
  const isEdit = add !== null || remove !== null;
  const given = [nfs.rules !== undefined, nfs.export_policy !== undefined, isEdit].filter(Boolean);
  if (given.length > 1) throw refuse('Invalid combination of parameters specified.', 'rules, export_policy, add_rules');
  const settings = {
    v3: typeof nfs.v3_enabled === 'boolean' ? nfs.v3_enabled : old.settings.v3,
    v41: typeof nfs.v4_1_enabled === 'boolean' ? nfs.v4_1_enabled : old.settings.v41,
    rules: old.settings.rules,
  };
  if (isEdit) {
    if (old.policy !== null) throw refuse('Rules cannot be changed while an export policy is in use.', old.policy.name);
    const { ruleMissing } = state.settings.messages;
    return {
      settings: { ...settings, rules: editRules(settings.rules, { add, remove, after }, ruleMissing) },
      policy: null,
    };
  }
  if (nfs.rules !== undefined) {
    const rules = textOf(nfs.rules) ?? '';
    parseRules(rules);
    return { settings: { ...settings, rules }, policy: null };
  }
  if (nfs.export_policy === undefined) return { settings, policy: old.policy };
  const policy = policyOf(state, objectOf(nfs.export_policy));
  return { settings: policy === null ? settings : { ...settings, rules: '' }, policy };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** `""` unsets it. */
function policyOf(state: BladeState, { name, id }: JsonObject): NfsPolicyRecord | null {
  if (typeof name === 'string' && name !== '') return state.nfsPolicy(name);
  if (typeof id !== 'string' || id === '') return null;
  const found = state.nfsPolicies.findId(id);
  if (found === undefined) throw refuse(state.settings.messages.policyMissing, id);
  return found;
}

/** Tells the data plane, if who may mount it changes. */
export function accessEffects(
  state: BladeState,
  fileSystem: FileSystemRecord,
  before: readonly FileDataPlaneRule[],
  rules: readonly FileDataPlaneRule[],
  name = fileSystem.name,
): Effect[] {
  if (name === fileSystem.name && JSON.stringify(before) === JSON.stringify(rules)) return [];
  const target = { array: state.settings.name, id: fileSystem.id, name };
  return [plane => plane.exportRulesChanged(target, rules)];
}

/** Writes a view into the state: rules need no export of their own, a policy is an export on the default server. */
export function commitView(state: BladeState, fileSystem: FileSystemRecord, { settings, policy }: NfsView): void {
  Object.assign(fileSystem.nfs, settings);
  const existing = defaultExport(fileSystem);
  if (policy === null) {
    if (existing !== null) state.removeExport(existing);
  } else if (existing === null) {
    state.addExport(newExport(state, fileSystem, policy, fileSystem.name, DEFAULT_SERVER));
  } else {
    existing.policy.exports.delete(existing);
    existing.policy = policy;
    policy.exports.add(existing);
  }
}

export function newExport(
  state: BladeState,
  fileSystem: FileSystemRecord,
  policy: NfsPolicyRecord,
  exportName: string,
  server: string,
): ExportRecord {
  return {
    id: state.nextId(),
    name: `${server}::NFS::${exportName}`,
    exportName,
    fileSystem,
    policy,
    server,
  };
}
