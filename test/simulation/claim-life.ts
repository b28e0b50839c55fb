import { status } from '@grpc/grpc-js';
import { GiB } from '../../driver/src/domain/bytes.ts';
import { formatNodeId, nodeNamed } from '../../driver/src/domain/node-id.ts';
import { VolumeCapability_AccessMode_Mode as Mode } from '../../driver/src/gen/csi_pb.js';
import type { Dice } from './dice.ts';
import type { Request } from './driver-process.ts';
import type { ClaimFacts, Facts } from './facts.ts';
import type { Oracle } from './oracle.ts';
import type { Sidecars } from './sidecars.ts';
import type { VirtualClock } from './virtual-clock.ts';

const NODES = ['n1', 'n2', 'n3'] as const;
const nodeId = (name: string): string => formatNodeId(nodeNamed(name, { iqn: `iqn.2026-01.lab:${name}` }));

const CAPABILITY = {
  accessType: { case: 'mount' as const, value: { fsType: 'ext4' } },
  accessMode: { mode: Mode.SINGLE_NODE_WRITER },
};

export interface LifeParts {
  readonly world: VirtualClock;
  readonly dice: Dice;
  readonly sidecars: Sidecars;
  readonly facts: Facts;
  readonly oracle: Oracle;
}

interface Source {
  readonly kind: 'snapshot' | 'volume';
  readonly handle: string;
  readonly sizeBytes: number;
}

/** What one claim goes through: made, moved between nodes, grown, copied, deleted; each step asked for until it is done. */
export class ClaimLife {
  readonly #parts: LifeParts;

  constructor(parts: LifeParts) {
    this.#parts = parts;
  }

  async live(source: Source | null = null, depth = 0): Promise<void> {
    const { dice, world } = this.#parts;
    const claim = this.#newClaim(source);
    if (!(await this.#provision(claim, source))) return;
    const steps = dice.whole(1, 5);
    for (let step = 0; step < steps; step += 1) {
      await world.sleep(dice.between(0, 8_000));
      await this.#step(claim, depth);
    }
    if (dice.chance(0.6)) await this.#delete(claim);
  }

  #newClaim(source: Source | null): ClaimFacts {
    const { dice, facts } = this.#parts;
    const sizeBytes = source === null ? dice.whole(1, 20) * GiB : source.sizeBytes + dice.whole(0, 1) * GiB;
    const claim: ClaimFacts = {
      name: `pvc-${dice.uuid()}`,
      sizeBytes,
      iopsLimit: dice.chance(0.3) ? dice.whole(1, 50) * 1000 : 0,
      sourceName: source?.handle ?? null,
      handle: null,
      isDeletionAsked: false,
      isDeleted: false,
      mayLeak: false,
      writers: new Set(),
      snapshots: new Set(),
    };
    facts.claims.push(claim);
    return claim;
  }

  async #provision(claim: ClaimFacts, source: Source | null): Promise<boolean> {
    const { dice, world, sidecars, oracle, facts } = this.#parts;
    const request = createRequest(claim, source);
    const wish = { isWanted: true };
    if (dice.chance(0.15)) world.after(dice.between(0, 20_000), () => (wish.isWanted = false));
    const made = await sidecars.provision(
      request,
      () => wish.isWanted,
      details => oracle.refusedForGood(claim, details),
    );
    if (made === 'forgotten') claim.mayLeak = true;
    if (made === 'forgotten' || made === 'unmade') return false;
    oracle.created(claim, made);
    claim.handle = made.response.volume?.volumeId ?? '';
    if (dice.chance(0.2)) {
      // The provisioner died before the PersistentVolume was written, and the next one asks again.
      const again = await sidecars.provision(
        request,
        () => true,
        details => oracle.refusedForGood(claim, details),
      );
      if (again === 'forgotten' || again === 'unmade') return false;
      if (!Buffer.from(again.bytes).equals(made.bytes)) {
        facts.violated('I4', `${claim.name}: a repeat was answered ${JSON.stringify(again.response.volume?.volumeId)}`);
      }
    }
    if (wish.isWanted) return true;
    await this.#delete(claim);
    return false;
  }

  async #step(claim: ClaimFacts, depth: number): Promise<void> {
    const { dice } = this.#parts;
    const steps = [
      () => this.#move(claim),
      () => this.#move(claim),
      () => this.#expand(claim),
      () => this.#modify(claim),
      () => this.#snapshot(claim, depth),
      () => this.#race(claim),
      ...(depth === 0 ? [() => this.#clone(claim)] : []),
    ];
    await dice.pick(steps)();
  }

  /** A pod moves: detached here, attached there. */
  async #move(claim: ClaimFacts): Promise<void> {
    const { dice } = this.#parts;
    const [from] = claim.writers;
    if (from !== undefined) await this.#detach(claim, from);
    if (from === undefined || dice.chance(0.8)) {
      await this.#attach(claim, dice.pick(NODES.filter(node => node !== from)));
    }
  }

  /** A node that is thought dead writes on while the volume is wanted elsewhere: the second one has to wait. */
  async #race(claim: ClaimFacts): Promise<void> {
    const [first] = claim.writers;
    if (first === undefined) return this.#move(claim);
    const second = this.#parts.dice.pick(NODES.filter(node => node !== first));
    const waiting = this.#attach(claim, second);
    await this.#parts.world.sleep(this.#parts.dice.between(0, 10_000));
    await this.#detach(claim, first);
    await waiting;
  }

  async #attach(claim: ClaimFacts, node: string): Promise<void> {
    const { sidecars, facts } = this.#parts;
    await sidecars.untilDone('attacher', 'controllerPublishVolume', {
      volumeId: claim.handle ?? '',
      nodeId: nodeId(node),
      volumeCapability: CAPABILITY,
    });
    claim.writers.add(node);
    if (claim.writers.size > 1)
      facts.violated('I5', `${claim.name} may be written by ${[...claim.writers].join(' and ')}`);
  }

  async #detach(claim: ClaimFacts, node: string): Promise<void> {
    claim.writers.delete(node);
    await this.#parts.sidecars.untilDone('attacher', 'controllerUnpublishVolume', {
      volumeId: claim.handle ?? '',
      nodeId: nodeId(node),
    });
  }

  async #expand(claim: ClaimFacts): Promise<void> {
    const { dice, sidecars, facts, oracle } = this.#parts;
    const wanted = claim.sizeBytes + dice.whole(1, 10) * GiB;
    const { capacityBytes } = await sidecars.untilDone('resizer', 'controllerExpandVolume', {
      volumeId: claim.handle ?? '',
      capacityRange: { requiredBytes: BigInt(wanted) },
    });
    const real = oracle.live(claim.handle ?? '')?.sizeBytes ?? 0;
    if (Number(capacityBytes) < wanted || real < wanted) {
      facts.violated('I13', `${claim.name}: grown to ${capacityBytes} (array: ${real}) instead of ${wanted}`);
    }
    claim.sizeBytes = wanted;
  }

  async #modify(claim: ClaimFacts): Promise<void> {
    const { dice, sidecars, facts, oracle } = this.#parts;
    const iops = dice.whole(1, 50) * 1000;
    await sidecars.untilDone('resizer', 'controllerModifyVolume', {
      volumeId: claim.handle ?? '',
      mutableParameters: { iops_limit: String(iops) },
    });
    const real = oracle.live(claim.handle ?? '')?.qos.iops ?? 0;
    if (real !== iops) facts.violated('I3', `${claim.name}: IOPS limit ${real} instead of ${iops}`);
  }

  async #snapshot(claim: ClaimFacts, depth: number): Promise<void> {
    const { dice, sidecars, facts, oracle } = this.#parts;
    const sizeBytes = claim.sizeBytes;
    const { snapshot } = await sidecars.untilDone('snapshotter', 'createSnapshot', {
      name: `snapshot-${dice.uuid()}`,
      sourceVolumeId: claim.handle ?? '',
    });
    const handle = snapshot?.snapshotId ?? '';
    claim.snapshots.add(handle);
    if (Number(snapshot?.sizeBytes) < sizeBytes)
      facts.violated('I3', `snapshot ${handle} has ${snapshot?.sizeBytes} bytes`);
    if (depth === 0 && dice.chance(0.5)) await this.live({ kind: 'snapshot', handle, sizeBytes }, 1);
    if (oracle.live(claim.handle ?? '') !== null && dice.chance(0.5)) await this.#deleteSnapshot(claim, handle);
  }

  async #deleteSnapshot(claim: ClaimFacts, handle: string): Promise<void> {
    this.#parts.facts.snapshotDeletionsAsked.add(handle);
    await this.#parts.sidecars.untilDone('snapshotter', 'deleteSnapshot', { snapshotId: handle });
    claim.snapshots.delete(handle);
  }

  async #clone(claim: ClaimFacts): Promise<void> {
    await this.live({ kind: 'volume', handle: claim.handle ?? '', sizeBytes: claim.sizeBytes }, 1);
  }

  /** A volume with snapshots is refused until they are gone. */
  async #delete(claim: ClaimFacts): Promise<void> {
    const { dice, sidecars, facts } = this.#parts;
    for (const node of [...claim.writers]) await this.#detach(claim, node);
    if (claim.snapshots.size > 0 && dice.chance(0.5)) {
      const answer = await sidecars.once('provisioner', 'deleteVolume', { volumeId: claim.handle ?? '' });
      if (answer?.code === status.OK) facts.violated('I12', `${claim.name} was deleted although it has snapshots`);
    }
    for (const handle of [...claim.snapshots]) await this.#deleteSnapshot(claim, handle);
    claim.isDeletionAsked = true;
    await sidecars.untilDone('provisioner', 'deleteVolume', { volumeId: claim.handle ?? '' });
    claim.isDeleted = true;
  }
}

function createRequest(claim: ClaimFacts, source: Source | null): Request<'createVolume'> {
  const id = source?.handle ?? '';
  return {
    name: claim.name,
    capacityRange: { requiredBytes: BigInt(claim.sizeBytes) },
    volumeCapabilities: [CAPABILITY],
    parameters: {
      ...(claim.iopsLimit === 0 ? {} : { iops_limit: String(claim.iopsLimit) }),
      'csi.storage.k8s.io/pvc/name': claim.name.slice(0, 12),
      'csi.storage.k8s.io/pvc/namespace': 'default',
      'csi.storage.k8s.io/pv/name': claim.name,
    },
    ...(source === null
      ? {}
      : {
          volumeContentSource: {
            type:
              source.kind === 'snapshot'
                ? { case: 'snapshot', value: { snapshotId: id } }
                : { case: 'volume', value: { volumeId: id } },
          },
        }),
  };
}
