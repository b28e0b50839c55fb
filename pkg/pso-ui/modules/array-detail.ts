import type { ArrayRow } from './arrays.ts';
import { type Cell, nodeRows, type StorageNode } from './nodes.ts';
import { readableBytes } from './size.ts';
import { endpointOf, type StorageArray } from './storage-array.ts';

/** One line; the name is the key of a text `pso.arrayDetail.facts.<name>`. */
export interface Fact {
  readonly name: FactName;
  readonly value: string;
}
export type FactName =
  'endpoint' | 'arrayId' | 'model' | 'version' | 'restVersion' | 'protocols' | 'provisioned' | 'throughput' | 'queue';

/** A node that cannot use the array, or not well, and why. */
export interface NodeTrouble {
  readonly node: string;
  readonly cell: Cell;
}

export interface ArrayDetail {
  /** Only what is known. */
  readonly facts: readonly Fact[];
  /** RFC 3339: when the array last answered; empty: never. */
  readonly observedAt: string;
  readonly troubles: readonly NodeTrouble[];
  /** Nodes that reported. */
  readonly nodes: number;
}

/** What the line of the table has no room for. */
export function arrayDetail(
  row: ArrayRow,
  objects: readonly StorageArray[],
  nodes: readonly StorageNode[],
  nowMs: number,
): ArrayDetail {
  const status = objects.find(object => endpointOf(object).toLowerCase() === row.endpoint.toLowerCase())?.status ?? {};
  const { capacity, load } = status;
  const rows = nodeRows([], nodes, [row], nowMs);
  return {
    facts: known({
      endpoint: row.endpoint,
      arrayId: row.arrayId,
      model: row.model,
      version: row.version,
      restVersion: status.restVersion,
      protocols: row.protocols.join(', '),
      provisioned: capacity?.provisionedBytes === undefined ? '' : readableBytes(capacity.provisionedBytes),
      throughput: load === undefined ? '' : `${readableBytes(load.bytesPerSecond)}/s`,
      queue: load?.queueMicroseconds === undefined ? '' : `${load.queueMicroseconds} µs`,
    }),
    observedAt: status.observedAt ?? '',
    troubles: rows.flatMap(({ name, cells }) =>
      cells.filter(({ state }) => state !== 'ok').map(cell => ({ node: name, cell })),
    ),
    nodes: rows.length,
  };
}

const known = (values: Readonly<Record<FactName, string | undefined>>): readonly Fact[] =>
  Object.entries(values).flatMap(([name, value]) => (value ? [{ name: name as FactName, value }] : []));
