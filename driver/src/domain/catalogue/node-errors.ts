import type { CatalogueEntry } from './entry.ts';

/** Nodes: their identity, and what happens to devices and mounts on them. */
export const NODE_ERRORS = {
  'node-unknown': {
    code: 'not-found',
    cause: 'The node has no node plugin of this driver, or is not in the cluster any more.',
    remedy: 'Check that the node plugin runs on that node.',
  },
  'node-without-initiator': {
    code: 'not-found',
    cause: 'The node has no initiator name for the protocol, so the array cannot know it.',
    remedy:
      'Install what the protocol needs on the node (open-iscsi, nvme-cli), and restart the node plugin. Where the arrays are in a Secret of yours, flasharray.moreSanTypes names the protocols of arrays with a SanType of their own.',
  },
  'node-without-address': {
    code: 'not-found',
    cause: 'The node plugin told no address, so the FlashBlade cannot let the node in.',
    remedy: "Check the node's addresses and restart its node plugin.",
  },
  'node-id-too-long': {
    code: 'invalid',
    cause: "Kubernetes takes 256 bytes for a node's identity.",
    remedy: 'Shorten InitiatorName in /etc/iscsi/initiatorname.iscsi.',
  },
  'node-labels-unreadable': {
    code: 'unavailable',
    cause: 'The API server did not tell the labels of the node.',
    remedy: 'The kubelet asks again by itself.',
  },
  'chap-key-unusable': {
    code: 'precondition',
    cause: 'CHAP is on, but the key from which its secrets are derived is missing or too short.',
    remedy: 'Put a random text of at least 32 characters under "key" into the Secret that flasharray.chapSecret names.',
  },
  'iscsi-record-missing': {
    code: 'unavailable',
    cause: 'CHAP is on, and what iscsiadm notes of a portal was found in none of the folders where it keeps that.',
    remedy: 'Check that /etc/iscsi and /var/lib/iscsi of the node are mounted into the node plugin and can be written.',
  },
  'login-refused': {
    code: 'unauthenticated',
    cause:
      'The array refused the login of the node: it has no host with its IQN, or the CHAP secrets of both differ, e.g. after the key was changed while volumes were connected.',
    remedy:
      'Drain the node, so that its volumes are disconnected: CHAP is set anew with its next volume. Check that controller and node plugins have the same Secret.',
  },
  'fc-target-not-seen': {
    code: 'unavailable',
    cause: 'No Fibre Channel port of the node sees a port of the array: cable, switch or zoning.',
    remedy:
      'Compare /sys/class/fc_host and /sys/class/fc_remote_ports on the node with the ports of the array, and correct the zones.',
  },
  'publish-context-invalid': {
    code: 'invalid',
    cause: 'What the controller told the node is not in its form: the two differ in version.',
    remedy: 'Upgrade both with one release of the chart.',
  },
  'path-invalid': {
    code: 'invalid',
    cause: "The kubelet named a path outside its own directory, or one that is no volume's.",
    remedy: 'Set kubeletDir (orchestrator.basePath) to the directory of the kubelet.',
  },
  'fs-type-unsupported': {
    code: 'invalid',
    cause: 'The class asks for a file system that the node plugin does not make.',
    remedy: 'Use ext4 or xfs.',
  },
  'mount-option-refused': {
    code: 'invalid',
    cause: 'Only options that are known to be harmless reach mount.',
    remedy: 'Correct mountOptions of the class; docs/parameters.md has the list.',
  },
  'mkfs-option-refused': {
    code: 'invalid',
    cause: 'Only options that are known to be harmless reach mkfs.',
    remedy: 'Correct createoptions of the class; docs/parameters.md has the list.',
  },
  'inline-volume-unsupported': {
    code: 'invalid',
    cause:
      'An inline volume is unknown to the API server: no quota, no placement, and nobody to delete it after a dead node.',
    remedy: 'Use a generic ephemeral volume: ephemeral.volumeClaimTemplate in the pod.',
  },
  'not-staged': {
    code: 'precondition',
    cause: 'The volume is to be given to a pod before it is mounted on the node.',
    remedy: 'The kubelet repeats both steps by itself.',
  },
  'not-mounted': {
    code: 'not-found',
    cause: 'There is no mount of that volume at that path.',
    remedy: 'The kubelet mounts it again when a pod needs it.',
  },
  'used-by-other-pod': {
    code: 'precondition',
    cause: 'A volume with access mode ReadWriteOncePod is in use by another pod.',
    remedy: 'Delete that pod, or use ReadWriteOnce.',
  },
  'target-occupied': {
    code: 'already-exists',
    cause: 'Something else is mounted where the volume should be.',
    remedy: 'Unmount it on the node, if no pod uses it.',
  },
  'mount-of-other-volume': {
    code: 'precondition',
    cause: 'The path is the mount of another volume. Nothing was changed.',
    remedy: 'Unmount it on the node, if no pod uses it.',
  },
  'mounted-too-often': {
    code: 'precondition',
    cause: 'Mounts are stacked on one path, more than any kubelet makes.',
    remedy: 'Unmount them on the node.',
  },
  'read-only-differs': {
    code: 'precondition',
    cause: 'A raw device is either read-only or writable for all pods of a node.',
    remedy: 'Use one access mode for all pods of that volume on the node.',
  },
  'not-blank': {
    code: 'precondition',
    cause: 'The device is not proven to be new and empty, so it is not formatted. Nothing was written.',
    remedy: 'Look at what is on it before anything else.',
  },
  'not-blank-yet': {
    code: 'unavailable',
    cause: 'The proof that the device is new and empty is not complete, e.g. paths are missing.',
    remedy:
      'It is tried again by itself; a node that never reaches some portals needs flasharray.iSCSIAllowedCIDR. By Fibre Channel a path counts as soon as the node has seen it: after a wanted change of zones restart the node.',
  },
  'other-file-system': {
    code: 'precondition',
    cause: 'The volume holds something else than the class asks for. Nothing was changed.',
    remedy: 'Set csi.storage.k8s.io/fstype (or fsType of the volume) to what it holds.',
  },
  'read-only-without-file-system': {
    code: 'precondition',
    cause: 'A volume without a file system cannot be mounted read-only.',
    remedy: 'Mount it once for writing.',
  },
  'file-system-not-grown': {
    code: 'unavailable',
    cause: 'The file system is smaller than its device after it was to grow.',
    remedy: 'It is tried again by itself; see the kernel log of the node.',
  },
  'operation-still-runs': {
    code: 'busy',
    cause: 'An earlier call for the same volume has not ended on this node.',
    remedy: 'It is tried again by itself; a device that hangs is in the kernel log of the node.',
  },
  'no-session': {
    code: 'unavailable',
    cause: "The node could not log in to any of the array's portals.",
    remedy: 'Check the data network between node and array, and that iscsid runs.',
  },
  'no-device': {
    code: 'unavailable',
    cause: 'The array shows no device at the LUN that it named.',
    remedy: 'Check on the array that the volume is connected to this host.',
  },
  'devices-gone': {
    code: 'unavailable',
    cause: 'Devices of the volume disappeared while they were checked.',
    remedy: 'It is tried again by itself; look at the kernel log of the node if it stays.',
  },
  'nfs-server-silent': {
    code: 'unavailable',
    cause: 'The NFS server does not answer. Programs that use the file system wait, and go on when it is back.',
    remedy: 'Check the array and the route from the node to its data address.',
  },
  'nfs-mount-failed': {
    code: 'unavailable',
    cause: 'The file system could not be mounted; the words of the node are in the sentence.',
    remedy: 'Check the data address, the export rules and the protocols of the file system on the array.',
  },
  'nfs-mount-refused': {
    code: 'precondition',
    cause: 'The NFS server does not let this node mount the file system, or does not have it.',
    remedy: 'Check the export rules of the file system on the array: they have to name the address of the node.',
  },
  'file-system-as-device': {
    code: 'invalid',
    cause: 'A file system of a FlashBlade is no raw block device.',
    remedy: 'Use volumeMode Filesystem, or a class with backend: block.',
  },
  'nvme-module-missing': {
    code: 'precondition',
    cause: 'The kernel of the node has not loaded NVMe over TCP or RDMA.',
    remedy: 'modprobe nvme-tcp on the node, or nvme-rdma for RoCE, and name it in /etc/modules-load.d.',
  },
  'nvme-rdma-missing': {
    code: 'precondition',
    cause:
      'The node has no network card that speaks RDMA, or its RDMA driver is not loaded, so nothing can come by RoCE.',
    remedy:
      'Load the RDMA driver of the network card on the node (rdma link shows what is there), or use another protocol.',
  },
  'nvme-multipath-off': {
    code: 'precondition',
    cause: 'The kernel of the node does not put NVMe paths together (native multipathing).',
    remedy: 'Boot the node with nvme_core.multipath=Y.',
  },
  'foreign-path': {
    code: 'precondition',
    cause: "A path of the volume's multipath map belongs to a different volume. Nothing was written.",
    remedy: 'Remove the stale path on the node: multipathd del path, then delete the device.',
  },
  'path-size-differs': {
    code: 'unavailable',
    cause: 'Not every path of the volume has its size yet.',
    remedy: 'Check multipath -ll on the node for paths that are down; it is tried again by itself.',
  },
  'device-in-use': {
    code: 'precondition',
    cause: 'The LUN still is the device of an older volume that something uses.',
    remedy: 'Remove the old map on the node (multipath -f) once nothing uses it.',
  },
  'no-multipath-map': {
    code: 'unavailable',
    cause: 'The paths are there, and multipathd makes no map of them.',
    remedy: 'Check that multipathd runs on the node and that multipath.conf does not blacklist PURE.',
  },
  'map-not-resized': {
    code: 'unavailable',
    cause: 'The multipath map did not take the new size of the volume.',
    remedy: 'Each path has to be active and to have the new size: multipathd show paths.',
  },
  'map-in-use': {
    code: 'precondition',
    cause: "Something on the node still uses the volume's device.",
    remedy: 'Unmount it, or deactivate what was built on it (LVM, RAID).',
  },
  'device-not-removed': {
    code: 'unavailable',
    cause: "The kernel did not let go of the volume's devices.",
    remedy: 'Check with multipath -ll and lsof what holds them; it is tried again by itself.',
  },
  'tool-failed': {
    code: 'unavailable',
    cause: 'A program on the node failed; its own words are in the sentence.',
    remedy: 'It is tried again by itself; see the log of the node plugin.',
  },
  'tool-missing': {
    code: 'unavailable',
    cause: 'A program that the node plugin needs could not be started.',
    remedy: 'Use the image of the release.',
  },
  'tool-slow': {
    code: 'timeout',
    cause: 'A program on the node did not end, mostly because a device hangs.',
    remedy: 'See the kernel log of the node.',
  },
  'tool-output-unreadable': {
    code: 'bug',
    cause: 'A program on the node printed what this driver does not know.',
    remedy: 'Please report it with the versions of the tools in the image.',
  },
} as const satisfies Record<string, CatalogueEntry>;
