import * as z from 'zod';
import { flashArraySchema, flashBladeSchema } from './array-schema.ts';

/*
 * The Helm values: PSO 6.2.3's keys, older spellings of them, and our own. Every key is optional and may be null,
 * unknown keys pass (PSO's schema allowed them), so that a values file of PSO renders unchanged.
 */

const opt = <T extends z.ZodType>(schema: T, description: string): z.ZodOptional<z.ZodNullable<T>> =>
  schema.nullish().meta({ description });

const group = <T extends z.ZodRawShape>(shape: T, description: string) => opt(z.looseObject(shape), description);

/** PSO wrote some booleans as text. */
const flag = z.union([z.boolean(), z.enum(['true', 'false'])]);
const count = z.int().min(1);
const duration = z.string().regex(/^\d+(ms|s|m)$/, 'must be a duration like 500ms, 60s or 1m');

/** PSO's default; it counts as not set. */
const PLACEHOLDER = 'REPLACE_CLUSTER_ID_WITH_A_UNIQUE_VALUE_FOR_YOUR_CLUSTER';
const clusterId = z.string().regex(new RegExp(`^([a-zA-Z0-9_]{0,22}|${PLACEHOLDER})$`));

const pullPolicy = z.enum(['Always', 'IfNotPresent', 'Never']);
const image = (what: string) =>
  group(
    {
      name: opt(z.string(), `Image of the ${what}, without tag.`),
      tag: opt(z.string(), `Tag of the ${what}'s image.`),
      pullPolicy: opt(pullPolicy, `Pull policy of the ${what}'s image.`),
    },
    `Image of the ${what}.`,
  );

const scheduling = (whom: string) => ({
  nodeSelector: opt(z.record(z.string(), z.string()), `Node selector of ${whom}.`),
  tolerations: opt(z.array(z.looseObject({})), `Tolerations of ${whom}.`),
  affinity: opt(z.looseObject({}), `Affinity of ${whom}.`),
});

const mountOptions = z.union([z.string(), z.array(z.string())]);
const SAN_TYPE = /^([iI][sS][cC][sS][iI]|[fF][cC]|[nN][vV][mM][eE][oO][fF]-([rR][dD][mM][aA]|[tT][cC][pP]))$/;
const httpPort = z.int().min(1).max(65535);

const fleet = {
  clusterID: opt(
    clusterId,
    'Prefix of every object on the arrays: 1 to 22 letters, digits, underscores; unique among the clusters that share arrays; never change it. Empty: derived from the UID of the namespace kube-system.',
  ),
  arrays: group(
    {
      FlashArrays: opt(z.array(flashArraySchema), 'Arrays for block volumes.'),
      FlashBlades: opt(z.array(flashBladeSchema), 'Arrays for file systems.'),
      existingSecret: opt(
        z.string(),
        'Name of a Secret of yours whose key `pure.json` holds FlashArrays and FlashBlades; nothing of `arrays` is rendered then.',
      ),
    },
    'The fleet. A change reaches the driver without a restart.',
  ),
  existingSecret: opt(
    z.union([z.boolean(), z.string()]),
    'As arrays.existingSecret; true means the Secret `pure-provisioner-secret`, as in PSO.',
  ),
  placement: group(
    {
      maxUsedPercent: opt(z.number().min(1).max(100), 'An array that is fuller gets no new volumes.'),
      pollSeconds: opt(z.number().min(5).max(3600), 'Seconds between two polls of one array.'),
      doubtWindowSeconds: opt(
        z.number().min(0).max(3600),
        'Seconds after a start or a pause in which names are looked up on all arrays before a volume is placed.',
      ),
    },
    'How arrays are chosen.',
  ),
  flasharray: group(
    {
      sanType: opt(z.string().regex(SAN_TYPE), 'ISCSI, FC, NVMEOF-RDMA or NVMEOF-TCP; upper and lower case are equal.'),
      defaultFSType: opt(z.enum(['xfs', 'ext4']), 'File system for classes that name none; not for pure-block.'),
      defaultFSOpt: opt(z.string(), 'Options of mkfs in the class pure-block.'),
      defaultMountOpt: opt(mountOptions, 'Mount options, as a list or comma-separated.'),
      preemptAttachments: opt(flag, 'Accepted; not used yet.'),
      iSCSILoginTimeout: opt(z.int().min(1).max(600), 'Seconds that a login to one portal may take.'),
      iSCSIAllowedCIDR: opt(
        z.string().regex(/^[0-9A-Fa-f.:/,\s]*$/),
        'Only portals in these networks are used, comma-separated; empty: all.',
      ),
    },
    'Block volumes.',
  ),
  flashblade: group(
    {
      snapshotDirectoryEnabled: opt(flag, 'Accepted; not used yet.'),
      exportRules: opt(z.string(), 'Accepted; not used yet.'),
    },
    'File systems.',
  ),
  storagetopology: group(
    {
      enable: opt(z.boolean(), 'Place volumes by the topology labels of nodes and arrays.'),
      strictTopology: opt(z.boolean(), 'Only where the chosen node is.'),
    },
    'Topology.',
  ),
  storageCapacity: opt(z.boolean(), 'Publish CSIStorageCapacity objects, so that the scheduler knows free space.'),
};

const classes = {
  storageclass: group(
    {
      createBuiltIn: opt(flag, 'Create the classes pure-block and pure-file.'),
      default: opt(z.enum(['', 'pure-block', 'pure-file']), 'Which of them is the default class of the cluster.'),
      isPureDefault: opt(flag, "PSO 5: make the class `pure` the cluster's default."),
      pureBackend: opt(z.enum(['block', 'file']), 'PSO 5: create the class `pure` with this backend.'),
    },
    'Built-in storage classes. The parameters of a class that exists already are kept.',
  ),
  snapshots: group(
    {
      enabled: opt(
        z.union([z.boolean(), z.enum(['auto', 'true', 'false'])]),
        'Snapshotter and class pure-snapshotclass; auto: when the cluster has the API snapshot.storage.k8s.io/v1.',
      ),
    },
    'Snapshots.',
  ),
};

const pods = {
  images: group(
    {
      plugin: image('driver'),
      csi: group(
        {
          provisioner: image('provisioner'),
          attacher: image('attacher'),
          resizer: image('resizer'),
          snapshotter: image('snapshotter'),
        },
        'Images of the CSI sidecars.',
      ),
    },
    'Images. Names that PSO used are replaced by ours.',
  ),
  imagePullSecrets: opt(
    z.array(z.union([z.string(), z.looseObject({ name: z.string() })])),
    'Secrets for pulling images.',
  ),
  logLevel: opt(z.enum(['', 'debug', 'info', 'warn', 'error']), 'Empty: info, or debug with app.debug.'),
  app: group({ debug: opt(z.boolean(), 'PSO: logLevel debug.') }, 'PSO.'),
  orchestrator: group(
    {
      name: opt(z.enum(['k8s', 'openshift']), 'openshift: the node plugin may use the SCC `privileged`.'),
      basePath: opt(z.string().startsWith('/'), "The kubelet's directory on the nodes."),
    },
    'Kind of cluster.',
  ),
  clusterrolebinding: group(
    { serviceAccount: group({ name: opt(z.string(), "The controller's ServiceAccount.") }, 'ServiceAccount.') },
    'PSO.',
  ),
  ...scheduling('all pods'),
  controllerServer: group(
    {
      ...scheduling('the controller, instead of the top-level one'),
      replicas: opt(count, 'Controller pods; with two, one may fail.'),
      priorityClassName: opt(z.string(), 'Priority class of the controller.'),
      resources: opt(z.looseObject({}), 'Resources of the driver in the controller.'),
    },
    'Controller.',
  ),
  nodeServer: group(
    {
      ...scheduling('the node plugin, instead of the top-level one'),
      maxUnavailable: opt(z.union([count, z.string().regex(/^\d+%$/)]), 'Node plugins replaced at once by an upgrade.'),
      httpPort: opt(httpPort, "Port on the node's network for health and metrics."),
      priorityClassName: opt(z.string(), 'Priority class of the node plugin.'),
      resources: opt(z.looseObject({}), 'Resources of the node plugin.'),
    },
    'Node plugin.',
  ),
  sidecars: group(
    {
      workers: opt(count, 'Requests that a sidecar works on at once.'),
      kubeApiQps: opt(count, 'Requests a second to the API server; this sets the burst rate of claims.'),
      kubeApiBurst: opt(count, 'Requests to the API server at once.'),
      timeout: opt(duration, 'Time for one call of the driver.'),
      retryIntervalStart: opt(duration, 'First wait after a failure; doubles each time.'),
      retryIntervalMax: opt(duration, 'Longest wait after a failure.'),
      resources: opt(z.looseObject({}), 'Resources of each sidecar.'),
    },
    'CSI sidecars.',
  ),
  global: opt(z.looseObject({}), 'Rancher and parent charts; `global.cattle.systemDefaultRegistry` is honoured.'),
};

/** Read when the newer key is absent. */
const olderSpellings = {
  namespace: group({ pure: opt(clusterId, 'PSO 5: clusterID.') }, 'PSO 5.'),
  image: image('driver (PSO 5: images.plugin)'),
  mounter: group(scheduling('the node plugin (PSO 5: nodeServer)'), 'PSO 5.'),
  flexDaemon: group(scheduling('the node plugin (Flex: nodeServer)'), 'PSO Flex.'),
  provisioner: group(scheduling('the controller (PSO 5: controllerServer)'), 'PSO 5.'),
};

/** The single source of charts/pure-pso/values.schema.json and docs/options.md (`npm run generate`). */
export const valuesSchema = z.looseObject({ ...fleet, ...classes, ...pods, ...olderSpellings });
