/** A StorageArray (pure-pso.io/v1alpha1), as far as pages read it: the driver writes it, figures of an array that was never reached are absent. */
export interface StorageArray {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly endpoint?: string };
  readonly status?: StorageArrayStatus;
}

/** `MgmtEndPoint` of the array in the values. */
export const endpointOf = ({ metadata, spec }: StorageArray): string => spec?.endpoint ?? metadata.name;

export type Health = 'Healthy' | 'Warning' | 'Trouble';

export interface StorageArrayStatus {
  readonly health?: Health;
  /** Why no volume can be made on it, as a sentence. */
  readonly trouble?: string;
  readonly warnings?: readonly string[];
  readonly cordoned?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  /** `flasharray`, `flashblade` or `cloud-block-store`. */
  readonly family?: string;
  /** The array's own UUID: volume handles begin with it. */
  readonly arrayID?: string;
  readonly arrayName?: string;
  readonly model?: string;
  /** Purity's. */
  readonly version?: string;
  readonly restVersion?: string;
  readonly protocols?: readonly string[];
  readonly capacity?: {
    readonly totalBytes: number;
    readonly usedBytes: number;
    readonly usedPercent: number;
    /** Promised to volumes; absent where the array does not say. */
    readonly provisionedBytes?: number;
  };
  readonly load?: {
    readonly operationsPerSecond: number;
    readonly bytesPerSecond: number;
    readonly latencyMicroseconds: number;
    readonly queueMicroseconds?: number;
  };
  /** RFC 3339: when the array last answered. */
  readonly observedAt?: string;
}

/** The driver refreshes every object within 5 minutes, each array is asked once a minute at most settings. */
const SILENT_MS = 15 * 60_000;

/** Whether the driver still looks at its arrays. Null: nothing tells, because there is no array or none that answers. */
export function isReporting(arrays: readonly StorageArray[], nowMs: number): boolean | null {
  const seen = arrays
    .filter(({ status }) => status?.health !== 'Trouble')
    .map(({ status }) => Date.parse(status?.observedAt ?? ''))
    .filter(atMs => !Number.isNaN(atMs));
  return seen.length === 0 ? null : nowMs - Math.max(...seen) < SILENT_MS;
}
