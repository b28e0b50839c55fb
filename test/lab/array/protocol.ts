/** Arguments of the array guest's operations. Serials are the array's: 24 hexadecimal digits. Sizes are bytes. */
export interface PrepareArgs {
  /** Target name of the simulated array, `iqn.2010-06.com.purestorage:flasharray.<16 hex>`. */
  readonly iqn: string;
  /** `address:port` of each portal; the addresses are the array guest's. */
  readonly portals: readonly string[];
  /** Name of its NVMe subsystem, and where that is to be found; no portals: it speaks no NVMe/TCP. */
  readonly nqn: string;
  readonly nvmeTcpPortals: readonly string[];
}

export interface SerialArgs {
  readonly serial: string;
}

export interface CreateArgs extends SerialArgs {
  readonly sizeBytes: number;
}

export interface CloneArgs {
  readonly from: string;
  readonly to: string;
  readonly sizeBytes: number;
}

/** Point-in-time copies of one instant. */
export interface SnapshotsArgs {
  readonly snapshots: readonly CloneArgs[];
}

export interface DisconnectArgs extends SerialArgs {
  readonly iqn: string;
  readonly initiators: readonly string[];
  readonly lun: number;
}

export interface ConnectArgs extends DisconnectArgs {
  /** What the initiators must prove; null: nothing. */
  readonly chap: { readonly user: string; readonly password: string } | null;
}

export interface NvmeArgs extends SerialArgs {
  readonly nqn: string;
  /** NQNs. */
  readonly hosts: readonly string[];
  readonly nsid: number;
}

/** A LUN of another vendor's array on the same network, which our driver must never touch. */
export interface DecoyArgs {
  readonly iqn: string;
  readonly portals: readonly string[];
  readonly initiators: readonly string[];
  readonly serial: string;
  readonly sizeBytes: number;
}

/** What exists in the array guest, for tests: serials with data, and every mapped LUN. */
export interface Inventory {
  readonly serials: readonly string[];
  readonly luns: readonly {
    readonly iqn: string;
    readonly initiator: string;
    readonly lun: number;
    readonly serial: string;
  }[];
  /** Which volumes are connected to which hosts by NVMe. */
  readonly namespaces: readonly { readonly serial: string; readonly host: string }[];
}
