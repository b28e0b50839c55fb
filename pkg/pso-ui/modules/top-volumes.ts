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

/** Claims by handle; a released volume has none, though another claim may have got the name. */
export function ownersOf(volumes: readonly PersistentVolume[]): ReadonlyMap<string, Owner> {
  return new Map(
    volumes.flatMap(({ spec: { csi, claimRef }, status }) =>
      csi?.driver === DRIVER && claimRef && !['Released', 'Failed'].includes(status?.phase ?? '')
        ? [[csi.volumeHandle, { namespace: claimRef.namespace, name: claimRef.name }] as const]
        : [],
    ),
  );
}
