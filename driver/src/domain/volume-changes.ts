import type { QosLimits } from './volume.ts';

/** What may change while a volume is in use; what is not named stays. All of it, or nothing. */
export interface VolumeChanges {
  readonly qos: Partial<QosLimits>;
  /** Added or replaced. Keys ≤ 64, values ≤ 256 characters. */
  readonly tags: Readonly<Record<string, string>>;
  /** A group to join, beside others; null: none. A name without a pod means one in the volume's own. */
  readonly protectionGroup: string | null;
  /** Of a file system that has one: another; null: the same. */
  readonly exportPolicy: string | null;
}

export const NO_CHANGES: VolumeChanges = { qos: {}, tags: {}, protectionGroup: null, exportPolicy: null };
