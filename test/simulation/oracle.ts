import type { SimulatedArray } from '../simulator/simulated-array.ts';
import type { VolumeRecord } from '../simulator/flasharray/records.ts';
import type { Provisioned } from './sidecars.ts';
import { CLUSTER } from './driver-process.ts';
import type { ClaimFacts, Facts } from './facts.ts';

const TAG_NAMESPACE = 'kubernetes.pure-pso.io';

export const nameOnArray = (claim: ClaimFacts): string => `${CLUSTER}-${claim.name}`;

/** Looks at the arrays' own state, never through the driver. */
export class Oracle {
  readonly #arrays: readonly SimulatedArray[];
  readonly #facts: Facts;
  /** What was on the arrays before: of others, never to be touched. */
  readonly #foreign: ReadonlyMap<VolumeRecord, string>;

  constructor(arrays: readonly SimulatedArray[], facts: Facts) {
    this.#arrays = arrays;
    this.#facts = facts;
    this.#foreign = new Map(
      arrays.flatMap(({ core }) => Array.from(core.state.volumes.values(), volume => [volume, fingerprint(volume)])),
    );
  }

  /** Volumes of that name on all arrays, destroyed ones too. */
  everMade(name: string): readonly { readonly array: SimulatedArray; readonly volume: VolumeRecord }[] {
    return this.#arrays.flatMap(array => {
      const volume = array.core.state.volumes.find(name);
      return volume === undefined ? [] : [{ array, volume }];
    });
  }

  live(handle: string): VolumeRecord | null {
    const [arrayId = '', name = ''] = handle.split('/');
    const array = this.#arrays.find(({ core }) => core.settings.id === arrayId);
    const volume = array?.core.state.volumes.find(name);
    return volume?.destroyedMs === null ? volume : null;
  }

  /** I3, and I2's other half: what was refused for good is not there. */
  created(claim: ClaimFacts, { response }: Provisioned): void {
    const handle = response.volume?.volumeId ?? '';
    const volume = this.live(handle);
    if (volume === null) return this.#facts.violated('I3', `${claim.name}: OK with ${handle}, which no array has`);
    if (volume.sizeBytes < claim.sizeBytes) this.#facts.violated('I3', `${claim.name}: has ${volume.sizeBytes} bytes`);
    if ((volume.qos.iops ?? 0) !== claim.iopsLimit) {
      this.#facts.violated('I3', `${claim.name}: IOPS limit ${volume.qos.iops ?? 0} instead of ${claim.iopsLimit}`);
    }
    const tags = volume.tags.filter(({ namespace }) => namespace === TAG_NAMESPACE).map(({ key }) => key);
    for (const key of ['cluster', 'claim', 'pv']) {
      if (!tags.includes(key)) this.#facts.violated('I3', `${claim.name}: no tag ${key}`);
    }
    if ((claim.sourceName === null) !== (volume.source === null)) {
      this.#facts.violated('I3', `${claim.name}: source ${volume.source?.name ?? 'none'}`);
    }
  }

  refusedForGood(claim: ClaimFacts, details: string): void {
    const found = this.everMade(nameOnArray(claim)).filter(({ volume }) => volume.destroyedMs === null);
    if (found.length > 0 && claim.handle === null) {
      this.#facts.violated('I2', `${claim.name} is on ${names(found)}, but a final error said otherwise: ${details}`);
    }
  }

  /** When all has come to rest and no fault is left. */
  atRest(): void {
    const facts = this.#facts;
    for (const claim of facts.claims) this.#checkClaim(claim);
    const ours = new Set(facts.claims.map(claim => nameOnArray(claim).toLowerCase()));
    const snapshots = new Set(facts.claims.flatMap(claim => [...claim.snapshots]));
    for (const { core, violations } of this.#arrays) {
      for (const violation of violations) facts.violated('simulator', violation);
      for (const volume of core.state.volumes.values()) {
        if (this.#foreign.has(volume)) continue;
        if (!ours.has(volume.name.toLowerCase())) facts.violated('I2', `nobody asked for ${volume.name}`);
      }
      for (const snapshot of core.state.snapshots.values()) {
        const handle = `${core.settings.id}/${snapshot.volume.name}.${snapshot.suffix}`;
        const isAsked = facts.snapshotDeletionsAsked.has(handle);
        if (snapshot.destroyedMs === null && !snapshots.has(handle))
          facts.violated('I2', `snapshot ${handle} is nobody's`);
        if (snapshot.destroyedMs !== null && !isAsked)
          facts.violated('I12', `snapshot ${handle} was destroyed unasked`);
      }
    }
    for (const [volume, before] of this.#foreign) {
      if (fingerprint(volume) !== before) facts.violated('I12', `foreign volume ${volume.name} was changed`);
    }
  }

  #checkClaim(claim: ClaimFacts): void {
    const facts = this.#facts;
    const found = this.everMade(nameOnArray(claim));
    if (found.length > 1) facts.violated('I1', `${claim.name} is on ${names(found)}`);
    for (const { volume, array } of found) {
      const handle = `${array.core.settings.id}/${volume.name}`;
      if (volume.destroyedMs !== null && !claim.isDeletionAsked)
        facts.violated('I12', `${claim.name} was destroyed unasked`);
      if (volume.destroyedMs !== null) continue;
      if (claim.isDeleted) facts.violated('I2', `${claim.name} was deleted and is live`);
      if (claim.handle === null && !claim.mayLeak) facts.violated('I2', `${claim.name} is an orphan on ${array.name}`);
      if (claim.handle !== null && claim.handle !== handle)
        facts.violated('I2', `${claim.name} is ${handle}, not ${claim.handle}`);
      if (volume.sizeBytes < claim.sizeBytes && claim.handle !== null) {
        facts.violated('I13', `${claim.name} has ${volume.sizeBytes} bytes instead of ${claim.sizeBytes}`);
      }
      const connected = [...volume.connections].flatMap(({ host }) => host?.name ?? 'a host group').sort();
      const writers = [...claim.writers].sort();
      if (connected.join() !== writers.join()) {
        facts.violated('I5', `${claim.name} is connected to [${connected.join()}] instead of [${writers.join()}]`);
      }
    }
    if (claim.handle !== null && !claim.isDeleted && this.live(claim.handle) === null) {
      facts.violated('I2', `${claim.name} has a PersistentVolume and no volume`);
    }
  }
}

const names = (found: readonly { readonly array: SimulatedArray; readonly volume: VolumeRecord }[]): string =>
  found.map(({ array, volume }) => `${array.name}${volume.destroyedMs === null ? '' : ' (destroyed)'}`).join(', ');

function fingerprint(volume: VolumeRecord): string {
  const { name, serial, sizeBytes, destroyedMs, connections, tags } = volume;
  return JSON.stringify([name, serial, sizeBytes, destroyedMs, connections.size, tags.length]);
}
