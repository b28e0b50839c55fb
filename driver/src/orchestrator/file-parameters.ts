import type { FileSystemWishes } from '../backends/backend.ts';
import { PsoError } from '../domain/errors.ts';

/** What a class of file systems may say beside what all classes may; null: not said. */
export interface FileParameters {
  /** Name of an export policy on the array. */
  readonly exportPolicy: string | null;
  /** In the array's own words; checked by the array's backend. */
  readonly exportRules: string | null;
  readonly hasSnapshotDirectory: boolean | null;
  /** Data address that nodes mount from, instead of the array's own. */
  readonly nfsEndpoint: string | null;
}

/** For classes that do not say, from the values of the chart. */
export interface FileDefaults {
  readonly exportRules: string | null;
  readonly hasSnapshotDirectory: boolean;
}

export const NO_FILE_DEFAULTS: FileDefaults = { exportRules: null, hasSnapshotDirectory: false };

type Parameters = Readonly<Record<string, string | undefined>>;

const POLICY = /^[A-Za-z0-9][\w.:-]{0,127}$/;
const SERVER = /^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f]*:[0-9A-Fa-f:]*)$/;

const invalid = (field: string, value: string, rule: string): PsoError =>
  new PsoError('parameter-invalid', `Parameter ${field}="${value.slice(0, 100)}" ${rule}.`, 'Correct it in the class.');

function textOf(map: Parameters, field: string, shape: RegExp, rule: string): string | null {
  const value = map[field];
  if (value === undefined) return null;
  if (shape.test(value)) return value;
  throw invalid(field, value, rule);
}

function flagOf(map: Parameters, field: string): boolean | null {
  const value = map[field]?.toLowerCase();
  if (value === undefined) return null;
  if (value === 'true' || value === 'false') return value === 'true';
  throw invalid(field, value, 'is neither true nor false');
}

/** Null: not named. */
export const exportPolicyOf = (map: Parameters): string | null =>
  textOf(map, 'export_policy', POLICY, 'is no name of an export policy');

/** Parameters by their own names, aliases resolved. */
export function parseFileParameters(map: Parameters): FileParameters {
  const { exportrules = null, export_policy: policy } = map;
  if (exportrules !== null && policy !== undefined) {
    throw invalid('exportrules', exportrules, `and export_policy="${policy}" exclude each other`);
  }
  return {
    exportPolicy: exportPolicyOf(map),
    exportRules: exportrules,
    hasSnapshotDirectory: flagOf(map, 'snapshot_directory'),
    nfsEndpoint: textOf(map, 'nfs_endpoint', SERVER, 'is no host name or address'),
  };
}

/** The class decides, then the values. A policy leaves no room for rules. */
export function fileSystemWishes(file: FileParameters | null, defaults: FileDefaults): FileSystemWishes | null {
  if (file === null) return null;
  const { exportPolicy, exportRules, hasSnapshotDirectory } = file;
  return {
    exportPolicy,
    exportRules: exportPolicy === null ? (exportRules ?? defaults.exportRules) : null,
    hasSnapshotDirectory: hasSnapshotDirectory ?? defaults.hasSnapshotDirectory,
  };
}
