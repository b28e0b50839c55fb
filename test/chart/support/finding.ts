/** Something that an analyser would rather have otherwise. */
export interface Finding {
  /** Name of the check, e.g. `container-resources` or `CKV_K8S_11`. */
  readonly check: string;
  /** `Kind/name`. */
  readonly object: string;
  /** Words of the analyser for a person. */
  readonly summary: string;
}

/** Rendered manifests by the name of their values. */
export type Manifests = ReadonlyMap<string, string>;
export type Findings = ReadonlyMap<string, readonly Finding[]>;
