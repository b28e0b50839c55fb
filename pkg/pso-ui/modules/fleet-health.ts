import type { ArrayRow } from './arrays.ts';
import type { NodeRow } from './nodes.ts';
import type { StorageArray } from './storage-array.ts';

/** What runs over all arrays that answer. Null: none of them tells. */
export interface FleetLoad {
  readonly operationsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly worst: { readonly array: string; readonly latencyMicroseconds: number };
}

/** What an array said before it went away is not its load. */
export function fleetLoad(objects: readonly StorageArray[]): FleetLoad | null {
  const loads = objects.flatMap(({ metadata, status }) =>
    status?.load && status.health !== 'Trouble' ? [{ array: status.arrayName ?? metadata.name, ...status.load }] : [],
  );
  const [first] = loads;
  if (!first) return null;
  const sum = (key: 'operationsPerSecond' | 'bytesPerSecond'): number =>
    loads.reduce((total, load) => total + load[key], 0);
  const worst = loads.reduce(
    (most, load) => (load.latencyMicroseconds > most.latencyMicroseconds ? load : most),
    first,
  );
  return {
    operationsPerSecond: sum('operationsPerSecond'),
    bytesPerSecond: sum('bytesPerSecond'),
    worst: { array: worst.array, latencyMicroseconds: worst.latencyMicroseconds },
  };
}

/** One thing to put right. */
export interface Complaint {
  readonly id: string;
  readonly kind: 'array' | 'node';
  readonly name: string;
  /** The driver's own; empty: nothing was said, see `isSilent`. */
  readonly sentence: string;
  readonly isError: boolean;
  /** Of a node: no report, or an old one. */
  readonly isSilent: boolean;
}

/** Everything that arrays and nodes complain of; what stops work comes first. */
export function complaintsOf(arrays: readonly ArrayRow[], nodes: readonly NodeRow[]): readonly Complaint[] {
  const ofArrays = arrays.flatMap(({ id, name, complaints, isUp }) =>
    complaints.map((sentence, index) =>
      // The trouble comes first, warnings follow.
      complaint('array', id, name, sentence, isUp === false && index === 0),
    ),
  );
  const ofNodes = nodes.flatMap(({ name, findings, state }) => [
    ...(state === 'silent' ? [{ ...complaint('node', name, name, '', false), isSilent: true }] : []),
    ...findings.map(({ message, severity }) => complaint('node', name, name, message, severity === 'Error')),
  ]);
  const all = [...ofArrays, ...ofNodes];
  return [...all.filter(({ isError }) => isError), ...all.filter(({ isError }) => !isError)];
}

const complaint = (
  kind: Complaint['kind'],
  id: string,
  name: string,
  sentence: string,
  isError: boolean,
): Complaint => ({ id: `${kind} ${id} ${sentence}`, kind, name, sentence, isError, isSilent: false });
