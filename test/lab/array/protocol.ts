/** Arguments of the array guest's operations. Serials are the array's: 24 hexadecimal digits. Sizes are bytes. */
export interface PrepareArgs {
  /** Target name of the simulated array, `iqn.2010-06.com.purestorage:flasharray.<16 hex>`. */
  readonly iqn: string;
  /** `address:port` of each portal; the addresses are the array guest's. */
  readonly portals: readonly string[];
  /** Name of its NVMe subsystem, and where that is to be found by TCP and by RoCE; no portals: it does not speak it. */
  readonly nqn: string;
  readonly nvmeTcpPortals: readonly string[];
  readonly nvmeRocePortals: readonly string[];
  /** Its Fibre Channel ports, which have to be this guest's (`fcPortName` in options.ts); empty: it speaks none. */
  readonly wwns: readonly string[];
  /** Ports that may ever come, on any fabric: a port that nobody told the target of is turned away for good. */
  readonly fcHosts: readonly string[];
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
  /** By Fibre Channel: ports of the array, and of the host; 16 hex digits each. */
  readonly arrayWwns: readonly string[];
  readonly wwns: readonly string[];
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
    /** IQN, or port name with colons. */
    readonly target: string;
    readonly initiator: string;
    readonly lun: number;
    readonly serial: string;
  }[];
  /** Which volumes are connected to which hosts by NVMe. */
  readonly namespaces: readonly { readonly serial: string; readonly host: string }[];
}
