import { namesOfForeignHandle } from '../../../driver/src/domain/foreign-handle.ts';
import { parseHandle, podOf } from '../../../driver/src/domain/volume.ts';
import type { ArrayUsage, VolumeFigures } from '../../../driver/src/domain/volume-report.ts';
import { DRIVER } from './driver-name.ts';
import type { PageQuery } from './paging.ts';
import type { PersistentVolume } from './volumes.ts';

const COUNT = 5;
/** The provisioner's name for a volume, with which its name on the array ends. */
const PV_NAME = /pvc-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

export interface TopVolume extends VolumeFigures {
  /** The array's name. */
  readonly array: string;
  /** On the array. */
  readonly name: string;
}

export interface TopVolumes {
  readonly largest: readonly TopVolume[];
  readonly busiest: readonly TopVolume[];
}

/** Five of each from the arrays' own; volumes that hold or do nothing are no top ones. */
export function topVolumes(arrays: readonly ArrayUsage[]): TopVolumes {
  const gather = (key: 'largest' | 'busiest', weight: (figures: VolumeFigures) => number): readonly TopVolume[] =>
    arrays
      .flatMap(({ name: array, [key]: volumes }) =>
        volumes.map(figures => ({ ...figures, array, name: figures.handle.slice(figures.handle.indexOf('/') + 1) })),
      )
      .filter(figures => weight(figures) > 0)
      .sort((a, b) => weight(b) - weight(a) || a.handle.localeCompare(b.handle))
      .slice(0, COUNT);
  return {
    largest: gather('largest', ({ usedBytes }) => usedBytes ?? 0),
    busiest: gather('busiest', ({ load }) => load?.iops ?? 0),
  };
}

/** The PersistentVolumes of these, as far as their names tell. Null: there is nothing to ask for. */
export function ownersQuery({ largest, busiest }: TopVolumes): PageQuery | null {
  const names = [...largest, ...busiest].flatMap(({ name }) => PV_NAME.exec(name) ?? []);
  const filter = [...new Set(names)].map(name => `metadata.name="${name}"`).join(',');
  return filter === '' ? null : { page: 1, size: 2 * COUNT, filters: [filter] };
}

export interface Owner {
  readonly namespace: string;
  readonly name: string;
}

/** Claims by the arrays' handles; a released volume has none, though another claim may have got the name. */
export function ownersOf(volumes: readonly PersistentVolume[], top: TopVolumes): ReadonlyMap<string, Owner> {
  const ours = volumes.filter(({ spec }) => spec.csi?.driver === DRIVER);
  const named = new Map(ours.map(volume => [handleOf(volume), volume] as const));
  const pairs = [...named, ...foundByName(top, ours, named)];
  return new Map(
    pairs.flatMap(([handle, { spec, status }]) =>
      spec.claimRef && !['Released', 'Failed'].includes(status?.phase ?? '')
        ? [[handle, { namespace: spec.claimRef.namespace, name: spec.claimRef.name }] as const]
        : [],
    ),
  );
}

const handleOf = ({ spec }: PersistentVolume): string => spec.csi?.volumeHandle ?? '';

/** Volumes that PSO made: their PersistentVolumes name no array. Only where none but one can be meant, either way. */
function foundByName(
  { largest, busiest }: TopVolumes,
  ours: readonly PersistentVolume[],
  named: ReadonlyMap<string, PersistentVolume>,
): readonly (readonly [string, PersistentVolume])[] {
  const foreign = ours.filter(volume => parseHandle(handleOf(volume)) === null);
  const nameless = [...largest, ...busiest].filter(({ handle }) => !named.has(handle));
  const pairs = nameless.flatMap(one => {
    const meant = foreign.filter(volume => mayMean(handleOf(volume), one.name));
    const [volume] = meant;
    return volume && meant.length === 1 ? [{ one, volume }] : [];
  });
  return pairs
    .filter(({ one, volume }) => pairs.every(other => other.volume !== volume || isSame(other.one, one)))
    .map(({ one, volume }) => [one.handle, volume]);
}

/** A pod may be on two arrays, with one volume of a name. */
const isSame = (one: TopVolume, other: TopVolume): boolean =>
  one.handle === other.handle || (one.name === other.name && podOf(one.name) !== null);

/** The cluster's prefix, which some handles lack, is read off the name; in a pod no handle lacks it. */
function mayMean(handle: string, name: string): boolean {
  const clusterId = podOf(name) === null ? name.replace(PV_NAME, '').replace(/-$/u, '') : '';
  return namesOfForeignHandle(handle, clusterId).includes(name);
}
