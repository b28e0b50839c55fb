import * as z from 'zod';

/** How `flasharray.sanType` of PSO's values maps to the driver's protocol names. Compared in lower case. */
const SAN_TYPES = ['iscsi', 'fc', 'nvme-roce', 'nvme-tcp'] as const;

/**
 * PSO's default lets everybody in as root. It stands in every values file that was made from PSO's, so it is nobody's
 * wish: who means it writes it into a class.
 */
const withoutOpenDoor = (rules: string): string =>
  rules.replaceAll(/\s/g, '') === '*(rw,no_root_squash)' ? '' : rules;

/** PSO's own limit: 22 characters leave room for `-pvc-<uuid>` in the 63 that an array allows. */
const CLUSTER_ID = /^[a-zA-Z0-9_]{1,22}$/;

/**
 * settings.json, written by the chart into a ConfigMap and read by controller and node plugin. It holds no secrets.
 * Every key but `clusterID` has a default, so a hand-written file may be short.
 */
export const settingsSchema = z.looseObject({
  clusterID: z
    .string()
    .regex(CLUSTER_ID, 'must be 1 to 22 letters, digits or underscores')
    .meta({ description: 'Prefix of every object on the arrays; unique among the clusters that share them.' }),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  sanType: z.enum(SAN_TYPES).default('iscsi'),
  /** Further ones, of arrays with a SanType of their own; nodes are known by their names for all of them. */
  moreSanTypes: z.array(z.enum(SAN_TYPES)).default([]),
  /** Empty: every portal may be used. */
  iscsiAllowedCidrs: z.array(z.union([z.cidrv4(), z.cidrv6()])).default([]),
  iscsiLoginTimeoutSeconds: z.int().min(1).max(600).default(20),
  /** For volumes whose class names no file system. */
  defaultFsType: z.enum(['xfs', 'ext4']).default('xfs'),
  /** For volumes whose class names no mount options. */
  mountOptions: z.array(z.string().min(1)).default(['discard']),
  /** Export rules of new file systems whose class names none, beside those of nodes; empty: none. */
  exportRules: z.string().max(4096).default('').transform(withoutOpenDoor),
  /** `.snapshot` in file systems whose class does not say. */
  snapshotDirectoryEnabled: z.boolean().default(false),
  /** An array that is fuller gets no new volumes. */
  maxUsedPercent: z.number().min(1).max(100).default(90),
  /** Between two polls of one array. */
  pollSeconds: z.number().min(5).max(3600).default(60),
  /** After a start or a pause, how long names are looked up on all arrays before a volume is placed. */
  doubtWindowSeconds: z.number().min(0).max(3600).default(60),
  /** Metrics of single volumes, from a watch of PersistentVolumes and namespaces. */
  volumeMetrics: z.boolean().default(true),
  /** Custom resources that show each array and each node; where the cluster does not know them, it is told once. */
  storageArrays: z.boolean().default(true),
  storageNodes: z.boolean().default(true),
});

export type Settings = z.output<typeof settingsSchema>;

/** What each part reads: the chart replaces the pods of a part when one of its settings changes, and no others. */
export const CONTROLLER_SETTINGS = [
  'clusterID', 'logLevel', 'sanType', 'iscsiAllowedCidrs', 'exportRules', 'snapshotDirectoryEnabled', 'maxUsedPercent',
  'pollSeconds', 'doubtWindowSeconds', 'volumeMetrics', 'storageArrays',
] as const satisfies readonly (keyof Settings)[]; // prettier-ignore
export const NODE_SETTINGS = [
  'clusterID', 'logLevel', 'sanType', 'moreSanTypes', 'iscsiLoginTimeoutSeconds', 'defaultFsType', 'mountOptions', 'volumeMetrics',
  'storageNodes',
] as const satisfies readonly (keyof Settings)[]; // prettier-ignore

export type ControllerSettings = Pick<Settings, (typeof CONTROLLER_SETTINGS)[number]>;
export type NodeSettings = Pick<Settings, (typeof NODE_SETTINGS)[number]>;
