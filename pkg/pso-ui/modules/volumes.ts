import { parseHandle } from '../../../driver/src/domain/volume.ts';
import { DRIVER } from './driver-name.ts';

/** The parts of Kubernetes' objects that the page reads. */
export interface PersistentVolume {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly storageClassName?: string;
    readonly capacity?: { readonly storage?: string };
    readonly claimRef?: { readonly namespace: string; readonly name: string; readonly uid?: string };
    readonly csi?: { readonly driver: string; readonly volumeHandle: string };
  };
  readonly status?: { readonly phase?: string };
}

export interface ClaimEvent {
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly involvedObject?: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
  };
}

/** Steve's claims, as far as they wait. */
export interface Claim {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid?: string };
  readonly spec?: {
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
  readonly status?: { readonly phase?: string };
}

export interface VolumeRow {
  readonly id: string;
  /** `namespace/name`; empty: released or never claimed. */
  readonly claim: string;
  readonly storageClass: string;
  readonly size: string;
  readonly phase: string;
  /** As the PersistentVolume has it, which is how the driver is asked; empty while there is none. */
  readonly handle: string;
  /** Name on the array, e.g. `k8s-pvc-…`; empty while there is none. */
  readonly arrayVolume: string;
  /** UUID of the array, from the volume handle; empty while there is none, and in handles of PSO. */
  readonly arrayId: string;
  /** The driver's own sentence about the placement; empty when its event is gone (Kubernetes keeps events an hour). */
  readonly explanation: string;
  readonly isRefused: boolean;
}

/** Whether the driver made the volume, or has said something about the claim. */
export const isOurs = ({ handle, explanation }: VolumeRow): boolean => handle !== '' || explanation !== '';

/** Anybody can write the name of a volume into a claim; the volume itself tells whose it is. */
export const isHeldBy = ({ spec }: PersistentVolume, { metadata }: Claim): boolean =>
  metadata.uid !== undefined && spec.claimRef?.uid === metadata.uid;

/** The claim that holds the volume. Null: none does any more; another claim may have got the name of the one that did. */
export function claimOf({ claim, phase }: VolumeRow): { readonly namespace: string; readonly name: string } | null {
  const [namespace = '', name = ''] = claim.split('/');
  return phase === 'Bound' && name !== '' ? { namespace, name } : null;
}

const REASONS = ['VolumePlaced', 'PlacementRefused'];

/** Volumes of ours, then claims of our classes that still wait, each with the last thing the driver said about it. */
export function volumeRows(
  volumes: readonly PersistentVolume[],
  claims: readonly Claim[],
  ourClasses: ReadonlySet<string>,
  events: readonly ClaimEvent[],
): readonly VolumeRow[] {
  const lastOf = latestByClaim(events);
  const bound = volumes
    .filter(volume => volume.spec.csi?.driver === DRIVER)
    .map((volume): VolumeRow => {
      const { claimRef, csi } = volume.spec;
      const handle = csi?.volumeHandle ?? '';
      const own = parseHandle(handle);
      const event = claimRef ? lastOf.get(keyOf(claimRef)) : undefined;
      return {
        id: volume.metadata.name,
        claim: claimRef ? `${claimRef.namespace}/${claimRef.name}` : '',
        storageClass: volume.spec.storageClassName ?? '',
        size: volume.spec.capacity?.storage ?? '',
        phase: volume.status?.phase ?? '',
        handle,
        // PSO's handles have slashes, too, and name no array.
        arrayVolume: own?.name ?? handle,
        arrayId: own?.arrayId ?? '',
        explanation: event?.message ?? '',
        isRefused: false,
      };
    });
  const waiting = claims.filter(
    claim => claim.status?.phase === 'Pending' && ourClasses.has(claim.spec?.storageClassName ?? ''),
  );
  return [...bound, ...waiting.map(claim => waitingRow(claim, lastOf))];
}

function waitingRow(claim: Claim, lastOf: ReadonlyMap<string, ClaimEvent>): VolumeRow {
  const { namespace, name } = claim.metadata;
  const event = lastOf.get(keyOf(claim.metadata));
  return {
    id: `claim ${namespace}/${name}`,
    claim: `${namespace}/${name}`,
    storageClass: claim.spec?.storageClassName ?? '',
    size: claim.spec?.resources?.requests?.storage ?? '',
    phase: 'Pending',
    handle: '',
    arrayVolume: '',
    arrayId: '',
    explanation: event?.message ?? '',
    isRefused: event?.reason === 'PlacementRefused',
  };
}

/** The UID where it is known: a claim that was deleted and made again has a history of its own. */
const keyOf = ({ namespace = '', name = '', uid }: { namespace?: string; name?: string; uid?: string }): string =>
  uid ?? `${namespace}/${name}`;

function latestByClaim(events: readonly ClaimEvent[]): ReadonlyMap<string, ClaimEvent> {
  const latest = new Map<string, ClaimEvent>();
  for (const event of events) {
    if (!REASONS.includes(event.reason ?? '') || !event.involvedObject) continue;
    const key = keyOf(event.involvedObject);
    const before = latest.get(key);
    if (!before || (before.lastTimestamp ?? '') <= (event.lastTimestamp ?? '')) latest.set(key, event);
  }
  return latest;
}
