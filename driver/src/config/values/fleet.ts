import * as z from 'zod';
import { flashArraySchema, flashBladeSchema } from '../array-schema.ts';
import { flag, group, mountOptions, objectName, opt, text } from './fields.ts';

/** PSO's default; it counts as not set. */
const PLACEHOLDER = 'REPLACE_CLUSTER_ID_WITH_A_UNIQUE_VALUE_FOR_YOUR_CLUSTER';
export const clusterId = z
  .string()
  .regex(new RegExp(`^([a-zA-Z0-9_]{0,22}|${PLACEHOLDER})$`), 'must be 1 to 22 letters, digits or underscores');

const SAN_TYPE = /^([iI][sS][cC][sS][iI]|[fF][cC]|[nN][vV][mM][eE][oO][fF]-([rR][dD][mM][aA]|[tT][cC][pP]))$/;

/** The driver checks each network; what is plainly none is refused before anything is installed. */
const IPV4_NETWORK = String.raw`\d{1,3}(\.\d{1,3}){3}/\d{1,2}`;
const IPV6_NETWORK = String.raw`[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/\d{1,3}`;
const NETWORK = `(${IPV4_NETWORK}|${IPV6_NETWORK})`;
const cidrs = z
  .string()
  .max(4096)
  .regex(
    new RegExp(`^\\s*(${NETWORK}(\\s*,\\s*${NETWORK})*)?\\s*$`),
    'must be networks like 10.1.0.0/16, comma-separated',
  );

const placement = group(
  {
    maxUsedPercent: opt(z.number().min(1).max(100), 'An array that is fuller gets no new volumes.'),
    pollSeconds: opt(z.number().min(5).max(3600), 'Seconds between two polls of one array.'),
    doubtWindowSeconds: opt(
      z.number().min(0).max(3600),
      'Seconds after a start or a pause in which names are looked up on all arrays before a volume is placed.',
    ),
  },
  'How arrays are chosen.',
);

const flasharray = group(
  {
    sanType: opt(
      z.string().regex(SAN_TYPE),
      'ISCSI, FC, NVMEOF-TCP or NVMEOF-RDMA (RoCE). Upper and lower case are equal.',
    ),
    moreSanTypes: opt(
      z.array(z.string().regex(SAN_TYPE)),
      'Further protocols, of arrays whose entry has a SanType of its own; only needed when the arrays are in a Secret of yours.',
    ),
    defaultFSType: opt(z.enum(['xfs', 'ext4']), 'File system for classes that name none; not for pure-block.'),
    defaultFSOpt: opt(text, 'Options of mkfs in the class pure-block.'),
    defaultMountOpt: opt(mountOptions, 'Mount options, as a list or comma-separated.'),
    preemptAttachments: opt(flag, 'Accepted; not used yet.'),
    iSCSILoginTimeout: opt(z.int().min(1).max(600), 'Seconds that a login to one portal may take.'),
    chapSecret: opt(
      objectName,
      'Name of a Secret of yours whose key `key` holds a random text of at least 32 characters: nodes then prove themselves by CHAP at iSCSI portals, each with a secret of its own that is derived from it. Empty: no CHAP.',
    ),
    iSCSIAllowedCIDR: opt(cidrs, 'Only portals in these networks are used, comma-separated; empty: all.'),
  },
  'Block volumes.',
);

const flashblade = group(
  {
    snapshotDirectoryEnabled: opt(flag, 'File systems of classes that do not say get a folder .snapshot.'),
    exportRules: opt(
      z.string().max(4096),
      "Rules of new file systems whose class names none, beside those of the nodes that use them. PSO's default, *(rw,no_root_squash), counts as empty.",
    ),
  },
  'File systems.',
);

export const fleetValues = {
  clusterID: opt(
    clusterId,
    'Prefix of every object on the arrays: 1 to 22 letters, digits, underscores; unique among the clusters that share arrays; never change it. Empty: derived from the UID of the namespace kube-system.',
  ),
  arrays: group(
    {
      FlashArrays: opt(z.array(flashArraySchema), 'Arrays for block volumes.'),
      FlashBlades: opt(z.array(flashBladeSchema), 'Arrays for file systems.'),
      existingSecret: opt(
        objectName,
        'Name of a Secret of yours whose key `pure.json` holds FlashArrays and FlashBlades; nothing of `arrays` is rendered then.',
      ),
    },
    'The fleet. A change reaches the driver without a restart.',
  ),
  existingSecret: opt(
    z.union([z.boolean(), objectName]),
    'As arrays.existingSecret; true means the Secret `pure-provisioner-secret`, as in PSO.',
  ),
  placement,
  flasharray,
  flashblade,
  storagetopology: group(
    {
      enable: opt(z.boolean(), 'Place volumes by the topology labels of nodes and arrays.'),
      strictTopology: opt(z.boolean(), 'Only where the chosen node is.'),
    },
    'Topology.',
  ),
  storageCapacity: opt(z.boolean(), 'Publish CSIStorageCapacity objects, so that the scheduler knows free space.'),
};
