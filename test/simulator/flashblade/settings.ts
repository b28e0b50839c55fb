import { hashText, Seeded } from '../common/seeded.ts';
import type { Token } from '../flasharray/settings.ts';

/** What makes one FlashBlade; `completeSettings` fills in the rest. */
export interface Settings {
  readonly name: string;
  /** UUID. */
  readonly id: string;
  readonly seed: number;
  /** REST 2.x versions, ascending. */
  readonly versions: readonly string[];
  /** Of its blades. */
  readonly model: string;
  /** `FlashBlade`, `FlashBlade//S` … */
  readonly productType: string;
  readonly purity: string;
  readonly capacityBytes: number;
  /** Share of capacity used by others, 0 … 1. */
  readonly fill: number;
  /** Share of `maxIops` asked for by others, 0 … 1. */
  readonly load: number;
  readonly maxIops: number;
  /** IOPS that an exported file system brings, on average. */
  readonly fileSystemIops: number;
  readonly blades: number;
  /** Data VIP: serves NFS. */
  readonly dataAddress: string;
  readonly tokens: readonly Token[];
  readonly idleTimeoutMs: number;
  readonly eradicationDelayMs: number;
  readonly manualEradication: 'all-enabled' | 'all-disabled';
  /** [?] in the vendor's documents; so a knob. */
  readonly badTokenStatus: 401 | 403;
  /** The vendor's client says: a FlashBlade answers 403 when a session has ended. */
  readonly endedSessionStatus: 401 | 403;
  readonly maxFileSystems: number;
  /** A copy of a snapshot to a new file system is `promoting` that long. */
  readonly copyMs: number;
  readonly messages: Messages;
}

/** No source gives the texts of a FlashBlade's refusals; clients look at the status, or at words like "does not exist". */
export interface Messages {
  readonly badToken: string;
  readonly fileSystemMissing: string;
  readonly fileSystemExists: string;
  readonly fileSystemDestroyed: string;
  readonly eradicateLive: string;
  readonly eradicationDisabled: string;
  readonly belowUsage: string;
  readonly snapshotMissing: string;
  readonly snapshotExists: string;
  readonly policyMissing: string;
  readonly policyExists: string;
  readonly ruleMissing: string;
  readonly staleVersion: string;
  readonly cloneUnsupported: string;
  readonly fileSystemLimit: string;
}

export const DEFAULT_MESSAGES: Messages = {
  badToken: 'Invalid API token.',
  fileSystemMissing: 'File system does not exist.',
  fileSystemExists: 'File system already exists.',
  fileSystemDestroyed: 'File system has been destroyed.',
  eradicateLive: 'File system has not been destroyed.',
  eradicationDisabled: 'Eradication is disabled.',
  belowUsage: 'File system usage exceeds the requested size.',
  snapshotMissing: 'File system snapshot does not exist.',
  snapshotExists: 'File system snapshot already exists.',
  policyMissing: 'Policy does not exist.',
  policyExists: 'Policy already exists.',
  ruleMissing: 'Export rule does not exist.',
  staleVersion: 'The version of the resource has changed.',
  cloneUnsupported: 'File system does not exist.',
  fileSystemLimit: 'Maximum number of file systems reached.',
};

export type GivenSettings = Pick<Settings, 'name'> & Partial<Settings>;

const TIB = 2 ** 40;
const DAY_MS = 86_400_000;

/** Every array is made of its seed (by default of its name), so that a scenario gives the same fleet each time. */
export function completeSettings(given: GivenSettings, allVersions: readonly string[]): Settings {
  const seed = given.seed ?? hashText(given.name);
  const random = new Seeded(hashText(`${seed}/${given.name}`));
  return {
    id: random.uuid(),
    seed,
    versions: allVersions,
    model: 'FB-S500',
    productType: 'FlashBlade//S',
    purity: '4.6.4',
    capacityBytes: 100 * TIB,
    fill: 0.3,
    load: 0.2,
    maxIops: 500_000,
    fileSystemIops: 300,
    blades: 10,
    dataAddress: '10.66.1.101',
    tokens: [
      { token: random.uuid(), user: 'pureuser', role: 'admin' },
      { token: random.uuid(), user: 'observer', role: 'readonly' },
    ],
    idleTimeoutMs: 1_800_000,
    eradicationDelayMs: DAY_MS,
    manualEradication: 'all-enabled',
    badTokenStatus: 401,
    endedSessionStatus: 403,
    maxFileSystems: 20_000,
    copyMs: 0,
    messages: DEFAULT_MESSAGES,
    ...given,
  };
}
