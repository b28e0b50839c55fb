import { hashText, Seeded } from '../common/seeded.ts';

export interface Portal {
  /** Port name, upper case: `CT0.ETH4`. */
  readonly port: string;
  readonly address: string;
  /** TCP port. */
  readonly tcpPort: number;
}

/** How hosts reach volumes; an array may speak several. */
export const PROTOCOLS = ['iscsi', 'nvme-tcp', 'nvme-roce', 'fc'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** Where a Cloud Block Store runs. */
export interface Cloud {
  readonly provider: 'aws' | 'azure';
  readonly region: string;
  /** Null: its controllers are in several zones. */
  readonly zone: string | null;
  /** Raw capacities that it can be grown to, bytes, ascending. */
  readonly capacitySteps: readonly number[];
  /** Models that it can be changed to. */
  readonly models: readonly string[];
}

/** What makes one array; `completeSettings` fills in the rest. */
export interface Settings {
  readonly name: string;
  /** UUID. */
  readonly id: string;
  readonly seed: number;
  /** REST 2.x versions, ascending. */
  readonly versions: readonly string[];
  readonly model: string;
  readonly purity: string;
  /** Null: an array of metal. */
  readonly cloud: Cloud | null;
  /** Tags of the array itself. */
  readonly tags: Readonly<Record<string, string>>;
  /** At the start: a Cloud Block Store can grow. */
  readonly capacityBytes: number;
  /** Share of capacity used by others, 0 … 1. */
  readonly fill: number;
  /** Share of `maxIops` asked for by others, 0 … 1. */
  readonly load: number;
  readonly maxIops: number;
  /** IOPS that a connected volume brings, on average. */
  readonly volumeIops: number;
  readonly protocols: readonly Protocol[];
  /** iSCSI portals. The other Ethernet protocols are served at the same addresses, on ports of their own. */
  readonly portals: readonly Portal[];
  readonly iqn: string;
  readonly nqn: string;
  /** Fibre Channel ports, 16 hex digits each, upper case, without colons, in turn on each controller; null: made of its id. */
  readonly wwns: readonly string[] | null;
  readonly tokens: readonly Token[];
  readonly idleTimeoutMs: number;
  readonly eradicationDelayMs: number;
  readonly manualEradication: 'all-enabled' | 'all-disabled';
  /** [?] in the vendor's documents; so a knob. */
  readonly badTokenStatus: 401 | 403;
  readonly maxVolumes: number;
  /** To other arrays. */
  readonly replicationBytesPerSec: number;
  readonly messages: Messages;
}

export interface Token {
  readonly token: string;
  readonly user: string;
  readonly role: 'admin' | 'readonly';
}

/** Texts that no source gives exactly. */
export interface Messages {
  readonly badToken: string;
  readonly volumeConnected: string;
  readonly eradicateLive: string;
  readonly shrink: string;
  readonly quota: string;
  readonly volumeLimit: string;
}

export const DEFAULT_MESSAGES: Messages = {
  badToken: 'Invalid API token.',
  volumeConnected: 'Volume cannot be deleted due to existing connections.',
  eradicateLive: 'Volume has not been destroyed.',
  shrink: 'Implicit truncation not permitted.',
  quota: 'Quota limit exceeded.',
  volumeLimit: 'Maximum number of volumes reached.',
};

/** What is not given goes by the model. */
export interface GivenCloud {
  readonly region?: string | undefined;
  readonly zone?: string | null | undefined;
  readonly capacitySteps?: readonly number[] | undefined;
}

export type GivenSettings = Pick<Settings, 'name'> &
  Partial<Omit<Settings, 'cloud'>> & { readonly cloud?: GivenCloud | null };

const TIB = 2 ** 40;
const DAY_MS = 86_400_000;

/** Every array is made of its seed (by default of its name), so that a scenario gives the same fleet each time. */
export function completeSettings(given: GivenSettings, allVersions: readonly string[]): Settings {
  const seed = given.seed ?? hashText(given.name);
  const random = new Seeded(hashText(`${seed}/${given.name}`));
  const id = random.uuid();
  const portSuffix = random.hex(16);
  const settings: Settings = {
    id,
    seed,
    versions: allVersions,
    model: 'FA-X70R4',
    purity: '6.9.2',
    tags: {},
    capacityBytes: 20 * TIB,
    fill: 0.3,
    load: 0.2,
    maxIops: 200_000,
    volumeIops: 300,
    protocols: ['iscsi'],
    portals: [
      { port: 'CT0.ETH4', address: '10.66.1.50', tcpPort: 3260 },
      { port: 'CT1.ETH4', address: '10.66.2.50', tcpPort: 3260 },
    ],
    iqn: `iqn.2010-06.com.purestorage:flasharray.${portSuffix}`,
    nqn: `nqn.2010-06.com.purestorage:flasharray.${portSuffix}`,
    wwns: null,
    tokens: [
      { token: random.uuid(), user: 'pureuser', role: 'admin' },
      { token: random.uuid(), user: 'observer', role: 'readonly' },
    ],
    idleTimeoutMs: 1_800_000,
    eradicationDelayMs: DAY_MS,
    manualEradication: 'all-enabled',
    badTokenStatus: 401,
    maxVolumes: 20_000,
    replicationBytesPerSec: 400_000_000,
    messages: DEFAULT_MESSAGES,
    ...given,
    cloud: null,
  };
  return { ...settings, cloud: isCloudModel(settings.model) ? completeCloud(settings, given.cloud ?? {}) : null };
}

export function isCloudModel(model: string): boolean {
  return model.startsWith('CBS-');
}

const CLOUD_MODELS = {
  aws: ['CBS-V10AR1', 'CBS-V20AR1'],
  azure: ['CBS-V10MUR1', 'CBS-V20MUR1', 'CBS-V10MP2R2', 'CBS-V20MP2R2', 'CBS-V50MP2R2'],
};

/** Grows by doubling, three times, unless told otherwise. */
function completeCloud({ model, capacityBytes }: Settings, given: GivenCloud): Cloud {
  const provider = /\dAR\d$/.test(model) ? 'aws' : 'azure';
  const [region, zone] = provider === 'aws' ? ['eu-central-1', 'eu-central-1a'] : ['westeurope', '1'];
  return {
    provider,
    region: given.region ?? region,
    zone: given.zone === undefined ? zone : given.zone,
    capacitySteps: [
      ...new Set([capacityBytes, ...(given.capacitySteps ?? [2, 4, 8].map(by => by * capacityBytes))]),
    ].sort((a, b) => a - b),
    models: CLOUD_MODELS[provider],
  };
}
