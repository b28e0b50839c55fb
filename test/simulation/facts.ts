/** What the cluster knows and did: the oracle compares the arrays with it. */
export interface ClaimFacts {
  /** Name that the provisioner asks for. */
  readonly name: string;
  /** Bytes that were asked for, the largest so far. */
  sizeBytes: number;
  readonly iopsLimit: number;
  /** Name on the array of the volume or snapshot it was copied from. */
  readonly sourceName: string | null;
  /** Of the PersistentVolume; null while there is none. */
  handle: string | null;
  /** The PersistentVolume was given up: its volume may be destroyed. */
  isDeletionAsked: boolean;
  isDeleted: boolean;
  /** The provisioner forgot a create in doubt whose claim was gone: nobody can know (external-provisioner#486). */
  mayLeak: boolean;
  /** Nodes that may write: published, and not asked to be unpublished since. */
  readonly writers: Set<string>;
  /** Handles of its live snapshots. */
  readonly snapshots: Set<string>;
}

export class Facts {
  readonly claims: ClaimFacts[] = [];
  /** Handles. */
  readonly snapshotDeletionsAsked = new Set<string>();
  readonly violations: string[] = [];
  rpcs = 0;

  violated(rule: string, text: string): void {
    this.violations.push(`${rule}: ${text}`);
  }
}
