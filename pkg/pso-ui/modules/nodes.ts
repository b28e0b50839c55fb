import type { ArrayRow } from './arrays.ts';

/** A StorageNode (pure-pso.io/v1alpha1): each node plugin writes that of its own node. */
export interface StorageNode {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly driverVersion?: string;
    readonly addresses?: readonly string[];
    readonly initiators?: { readonly iqn?: string; readonly nqn?: string; readonly wwpns?: readonly string[] };
    readonly topology?: Readonly<Record<string, string>>;
    readonly paths?: {
      readonly sessions?: number;
      readonly sessionsDown?: number;
      readonly volumes?: number;
      readonly pathsDown?: number;
    };
    readonly findings?: readonly Finding[];
    /** RFC 3339. */
    readonly reportedAt?: string;
  };
}

export interface Finding {
  readonly check: string;
  readonly severity: 'Warning' | 'Error';
  /** A sentence that says what to do. */
  readonly message: string;
}

/** `blocked`: no volume of that array can be used on that node; `unclear`: nothing was said about one of the two. */
export type CellState = 'ok' | 'warning' | 'blocked' | 'unclear';

/** Key of a text `pso.nodes.reasons.<reason>`. */
export type CellReason = 'ready' | 'noInitiator' | 'noAddress' | 'arrayDown' | 'nodePaths' | 'silent' | 'unknownArray';

export interface Cell {
  readonly arrayId: string;
  readonly state: CellState;
  readonly reason: CellReason;
  /** Protocols by which the two could meet. */
  readonly protocols: readonly string[];
}

export interface NodeRow {
  readonly name: string;
  /** `silent`: no report, or an old one. */
  readonly state: 'ok' | 'warning' | 'error' | 'silent';
  readonly addresses: readonly string[];
  readonly volumes: number;
  readonly sessions: number;
  readonly pathsDown: number;
  readonly driverVersion: string;
  readonly findings: readonly Finding[];
  readonly cells: readonly Cell[];
}

/** A node plugin writes its object anew within 15 minutes even when nothing changed. */
const SILENT_MS = 35 * 60_000;

/** A line for each node of the cluster and for each that reported, a cell for each array. */
export function nodeRows(
  nodeNames: readonly string[],
  objects: readonly StorageNode[],
  arrays: readonly ArrayRow[],
  nowMs: number,
): readonly NodeRow[] {
  const byName = new Map(objects.map(object => [object.metadata.name, object]));
  const names = [...new Set([...nodeNames, ...byName.keys()])].sort((a, b) => a.localeCompare(b));
  return names.map(name => nodeRow(name, byName.get(name)?.status, arrays, nowMs));
}

function nodeRow(name: string, status: StorageNode['status'], arrays: readonly ArrayRow[], nowMs: number): NodeRow {
  const isSilent = !(nowMs - Date.parse(status?.reportedAt ?? '') < SILENT_MS);
  const findings = status?.findings ?? [];
  return {
    name,
    state: isSilent ? 'silent' : worstOf(findings),
    addresses: status?.addresses ?? [],
    volumes: status?.paths?.volumes ?? 0,
    sessions: status?.paths?.sessions ?? 0,
    pathsDown: status?.paths?.pathsDown ?? 0,
    driverVersion: status?.driverVersion ?? '',
    findings,
    cells: arrays.map(array => cellOf(status, isSilent, array)),
  };
}

const worstOf = (findings: readonly Finding[]): 'ok' | 'warning' | 'error' => {
  if (findings.some(({ severity }) => severity === 'Error')) return 'error';
  return findings.length > 0 ? 'warning' : 'ok';
};

/** From what both say of themselves; nothing is tried out from the browser. */
function cellOf(status: StorageNode['status'], isSilent: boolean, array: ArrayRow): Cell {
  const say = (state: CellState, reason: CellReason, protocols: readonly string[] = []): Cell => ({
    arrayId: array.id,
    state,
    reason,
    protocols,
  });
  if (isSilent || !status) return say('unclear', 'silent');
  if (array.isUp === false) return say('blocked', 'arrayDown');
  if (array.protocols.length === 0) return say('unclear', 'unknownArray');
  const shared = array.protocols.filter(protocol => speaks(status, protocol));
  if (shared.length === 0) return say('blocked', array.kind === 'file' ? 'noAddress' : 'noInitiator', array.protocols);
  const hasPathTrouble = (status.paths?.pathsDown ?? 0) + (status.paths?.sessionsDown ?? 0) > 0;
  return array.kind === 'block' && hasPathTrouble ? say('warning', 'nodePaths', shared) : say('ok', 'ready', shared);
}

function speaks({ initiators = {}, addresses = [] }: NonNullable<StorageNode['status']>, protocol: string): boolean {
  if (protocol === 'nfs') return addresses.length > 0;
  if (protocol === 'fc') return (initiators.wwpns ?? []).length > 0;
  return protocol === 'iscsi' ? initiators.iqn !== undefined : initiators.nqn !== undefined;
}
