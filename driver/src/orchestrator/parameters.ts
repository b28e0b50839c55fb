import { GiB, KiB, MiB } from '../domain/bytes.ts';
import type { BackendType } from '../domain/array.ts';
import { PsoError } from '../domain/errors.ts';
import type { VolumeChanges } from '../domain/volume-changes.ts';
import type { QosLimits } from '../domain/volume.ts';
import { protectionGroup, splitTags } from './mutable-parameters.ts';
import { podPrefix } from './pod-prefix.ts';
import { exportPolicyOf, parseFileParameters } from './file-parameters.ts';
import type { FileParameters } from './file-parameters.ts';

type Parameters = Readonly<Record<string, string>>;

/** What a class (and the provisioner) may say about a new volume. */
export interface ClassParameters {
  readonly backend: BackendType;
  /** Null for block volumes. */
  readonly file: FileParameters | null;
  readonly qos: Partial<QosLimits>;
  /** Beside those by which the driver says whose volume it is. */
  readonly tags: Readonly<Record<string, string>>;
  readonly protectionGroup: string | null;
  /** Text of the label selector; empty: every array. */
  readonly arraySelector: string;
  /** Text of the selector of arrays that come first; empty: none. */
  readonly preferredArrays: string;
  readonly createOptions: string;
  /** Handlebars text of the name on the array; null: cluster and claim's UID. */
  readonly nameTemplate: string | null;
  /** `realm::pod::`, `pod::` or empty. */
  readonly pod: string;
  /** From the provisioner's `--extra-create-metadata`; null when absent. */
  readonly claim: { readonly namespace: string; readonly name: string } | null;
  readonly volumeName: string | null;
}

const METADATA = 'csi.storage.k8s.io/';
const COMMON = ['backend', 'iops_limit', 'bandwidth_limit', 'arraySelector', 'preferredArrays', 'nameTemplate'];
const ONLY: Readonly<Record<BackendType, readonly string[]>> = {
  block: ['createoptions', 'protection_group', 'pod', 'realm', 'csi.storage.k8s.io/fstype'],
  file: ['exportrules', 'export_policy', 'nfs_endpoint', 'snapshot_directory'],
};
const KNOWN = [...COMMON, ...ONLY.block, ...ONLY.file];
/** Names of PX-CSI, and of people. */
const ALIASES: Readonly<Record<string, string>> = {
  max_iops: 'iops_limit',
  max_bandwidth: 'bandwidth_limit',
  export_rules: 'exportrules',
  pure_export_rules: 'exportrules',
  pure_nfs_policy: 'export_policy',
  pure_nfs_endpoint: 'nfs_endpoint',
  pure_fa_pod_name: 'pod',
  pure_fa_realm: 'realm',
  pure_realm: 'realm',
};
const MUTABLE = ['iops_limit', 'bandwidth_limit', 'protection_group', 'export_policy'];

const MIN_IOPS = 100;
const MAX_IOPS = 100_000_000;
const MIN_BANDWIDTH = MiB;
const MAX_BANDWIDTH = 512 * GiB;
const UNITS: Readonly<Record<string, number>> = { '': 1, K: KiB, M: MiB, G: GiB };

const invalid = (field: string, value: string, rule: string, nextStep = 'Correct it in the class.'): PsoError =>
  new PsoError('parameter-invalid', `Parameter ${field}="${value.slice(0, 100)}" ${rule}.`, nextStep);

const aliasesOf = (known: readonly string[]): readonly string[] =>
  Object.entries(ALIASES).flatMap(([alias, name]) => (known.includes(name) ? [alias] : []));

/** Refuses unknown names and returns the map with aliases resolved. */
function normalize(parameters: Parameters, known: readonly string[]): Readonly<Record<string, string>> {
  const result: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [given, value] of Object.entries(parameters)) {
    const name = (Object.hasOwn(ALIASES, given) ? ALIASES[given] : undefined) ?? given;
    if (!known.includes(name) && !given.startsWith(METADATA)) {
      throw new PsoError(
        'parameter-unknown',
        `Parameter "${given.slice(0, 100)}" is unknown.`,
        `Known are: ${[...known.filter(key => !key.startsWith(METADATA)), ...aliasesOf(known)].join(', ')}.`,
      );
    }
    const before = result[name];
    if (before !== undefined && before !== value) throw invalid(given, value, `contradicts ${name}="${before}"`);
    result[name] = value;
  }
  return result;
}

function iopsLimit(text: string | undefined): Partial<QosLimits> {
  if (text === undefined) return {};
  const value = /^\d{1,12}$/.test(text) ? Number(text) : NaN;
  if (value === 0 || (value >= MIN_IOPS && value <= MAX_IOPS)) return { iopsLimit: value };
  throw invalid('iops_limit', text, `is not a number from ${MIN_IOPS} to ${MAX_IOPS}`);
}

function bandwidthLimit(text: string | undefined): Partial<QosLimits> {
  if (text === undefined) return {};
  const match = /^(\d{1,15})([KMG]?)$/i.exec(text);
  const value = match ? Number(match[1]) * (UNITS[(match[2] ?? '').toUpperCase()] ?? NaN) : NaN;
  const isInRange = value >= MIN_BANDWIDTH && value <= MAX_BANDWIDTH && value % 512 === 0;
  if (value === 0 || isInRange) return { bandwidthLimitBytesPerSecond: value };
  throw invalid('bandwidth_limit', text, `is not a multiple of 512 bytes per second from 1M to 512G`);
}

const parseQos = (map: Parameters): Partial<QosLimits> => ({
  ...iopsLimit(map.iops_limit),
  ...bandwidthLimit(map.bandwidth_limit),
});

function parseBackend(text = 'block'): BackendType {
  const backend = text.replace(/^pure_/, '');
  if (backend === 'block' || backend === 'file') return backend;
  throw invalid('backend', text, 'is neither block nor file');
}

/** A parameter that would have no effect is a misunderstanding, which is better met now than found out later. */
function checkBelongs(map: Parameters, backend: BackendType): void {
  const other = backend === 'block' ? 'file' : 'block';
  const stray = ONLY[other].find(name => map[name] !== undefined);
  if (stray === undefined) return;
  throw invalid(stray, map[stray] ?? '', `is for backend: ${other}, and the class has backend: ${backend}`);
}

function checkBlockOnly(backend: BackendType, tags: Parameters, group: string | null): void {
  const [tag] = Object.entries(tags);
  const stray = tag
    ? ([`tags.${tag[0]}`, tag[1]] as const)
    : group === null
      ? null
      : (['protection_group', group] as const);
  if (backend === 'block' || stray === null) return;
  throw invalid(stray[0], stray[1], 'is for backend: block; file systems of a FlashBlade have no such thing');
}

function checkCreateOptions(text: string): string {
  if (/^[\w=,. -]*$/.test(text) && text.length <= 200) return text;
  throw invalid('createoptions', text, 'has other characters than letters, digits and "=,.-_ "');
}

/** Parameters of a class, overridden by those of a VolumeAttributesClass. */
export function parseClassParameters(parameters: Parameters, mutable: Parameters): ClassParameters {
  const given = splitTags(parameters);
  const changes = parseMutableParameters(mutable);
  const policy: Parameters = changes.exportPolicy === null ? {} : { export_policy: changes.exportPolicy };
  const map: Parameters = { ...normalize(given.rest, KNOWN), ...policy };
  const backend = parseBackend(map.backend);
  checkBelongs(map, backend);
  const tags = { ...given.tags, ...changes.tags };
  const group = changes.protectionGroup ?? protectionGroup(map.protection_group);
  checkBlockOnly(backend, tags, group);
  const name = map[`${METADATA}pvc/name`];
  const namespace = map[`${METADATA}pvc/namespace`];
  return {
    backend,
    file: backend === 'file' ? parseFileParameters(map) : null,
    qos: { ...parseQos(map), ...changes.qos },
    tags,
    protectionGroup: group,
    arraySelector: map.arraySelector ?? '',
    preferredArrays: map.preferredArrays ?? '',
    createOptions: checkCreateOptions(map.createoptions ?? ''),
    nameTemplate: map.nameTemplate ?? null,
    pod: podPrefix(map.realm, map.pod),
    claim: name !== undefined && namespace !== undefined ? { name, namespace } : null,
    volumeName: map[`${METADATA}pv/name`] ?? null,
  };
}

/** Parameters of a VolumeAttributesClass; only what is named changes. */
export function parseMutableParameters(parameters: Parameters): VolumeChanges {
  const { tags, rest } = splitTags(parameters);
  const map = normalize(rest, MUTABLE);
  return {
    qos: parseQos(map),
    tags,
    protectionGroup: protectionGroup(map.protection_group),
    exportPolicy: exportPolicyOf(map),
  };
}
