/** Something about a node that a person should put right, as one sentence with what to do. */
export interface NodeFinding {
  /** Kebab case; the same for the same kind of finding on every node. */
  readonly check: string;
  /** `Warning`: it works now. `Error`: something that a user may ask of this node does not work. */
  readonly severity: 'Warning' | 'Error';
  readonly message: string;
}

/** How a node reaches its volumes, counted. */
export interface NodePaths {
  /** By iSCSI; controllers by NVMe; pairs of a port of the node's and one of an array's by Fibre Channel. */
  readonly sessions: number;
  readonly sessionsDown: number;
  readonly volumes: number;
  readonly pathsDown: number;
}

/** What a node plugin knows of its own node. No secrets. */
export interface NodeReport {
  readonly name: string;
  /** Of the Node object; empty where it is not known. */
  readonly uid: string;
  readonly driverVersion: string;
  /** From which it reaches arrays, the preferred one first. */
  readonly addresses: readonly string[];
  /** Names by which arrays know it; absent where the node has none. Of Fibre Channel ports those with a link. */
  readonly initiators: { readonly iqn?: string; readonly nqn?: string; readonly wwpns?: readonly string[] };
  readonly topology: Readonly<Record<string, string>>;
  readonly paths: NodePaths;
  readonly findings: readonly NodeFinding[];
}
