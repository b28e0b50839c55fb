import type { CatalogueEntry } from './entry.ts';

/** Volumes, file systems, snapshots and their names. */
export const VOLUME_ERRORS = {
  'copy-not-served': {
    code: 'unavailable',
    cause: 'The volume is on two arrays, and the one that is named does not answer, or does not follow the other now.',
    remedy: 'It is tried again by itself. Check that array, its connection to the other one, and the mediator.',
  },
  'copy-not-connected': {
    code: 'unavailable',
    cause:
      'The volume is on two arrays, and the node was connected on one of them only. The pod works, but loses the volume with that array.',
    remedy:
      'Bring the other array back, then scale the workload to 0 and up again: with the next attachment the node gets the paths to both arrays.',
  },
  'copy-not-joined': {
    code: 'unavailable',
    cause:
      'The volume is on two arrays that the node reaches in ways that no kernel joins to one device: by NVMe, or each array by another protocol. It uses the first one only.',
    remedy:
      'Set the same SanType, ISCSI or FC, for both arrays, then scale the workload to 0 and up again. Until then the pod loses the volume with that array.',
  },
  'copies-differ': {
    code: 'precondition',
    cause: 'Two arrays have a volume of one name in a pod of one name, but not the same volume.',
    remedy: 'Rename one of the pods. Nothing was mounted.',
  },
  'copy-still-connected': {
    code: 'unavailable',
    cause:
      'The volume is on two arrays, and one of them could not be told to disconnect the node. Once it is back it would let that node write, so the volume does not count as detached.',
    remedy:
      'Bring the array back; it is tried again by itself. If the array is lost for good, take it out of the pod on the other array, or out of the values of the chart.',
  },
  'handle-unknown': {
    code: 'not-found',
    cause: 'The handle has no shape that this driver, PSO or PX-CSI ever wrote.',
    remedy: 'Write volumeHandle as <array id>/<volume name>, or as the name of the volume on its array.',
  },
  'handle-ambiguous': {
    code: 'precondition',
    cause: 'The handle names no array, and more than one object could be meant. Nothing is guessed.',
    remedy: 'Rename all but one on the arrays, or write volumeHandle as <array id>/<volume name>.',
  },
  'handle-uncertain': {
    code: 'unavailable',
    cause: 'The handle names no array, and an array that may have an object of that name does not answer.',
    remedy: 'Make that array reachable, or remove it from the values. Handles with an array id never need this.',
  },
  'volume-missing': {
    code: 'not-found',
    cause: 'The array has no live volume of that name.',
    remedy: 'If it was destroyed on the array, recover it there before it is eradicated.',
  },
  'snapshot-missing': {
    code: 'not-found',
    cause: 'The array has no live snapshot of that name.',
    remedy: 'If it was destroyed on the array, recover it there before it is eradicated.',
  },
  'volume-differs': {
    code: 'already-exists',
    cause: 'A volume of that name exists, with another size, source or limits than asked for.',
    remedy: 'Use another name, or remove what is there if nobody needs it.',
  },
  'name-on-several-arrays': {
    code: 'already-exists',
    cause: 'Two arrays have a volume of one name, so the name alone does not say which is meant.',
    remedy: 'Destroy or rename the one that no PersistentVolume means.',
  },
  'name-held-by-destroyed': {
    code: 'conflict',
    cause: 'A destroyed object keeps its name until the array eradicates it.',
    remedy: 'Recover, rename or eradicate it on the array, or wait.',
  },
  'volume-vanished': {
    code: 'conflict',
    cause: 'The volume was there a moment ago: somebody works on the same name.',
    remedy: 'It is tried again by itself.',
  },
  'change-unsupported': {
    code: 'invalid',
    cause: 'The VolumeAttributesClass asks for a change that this kind of array cannot make. Nothing was changed.',
    remedy: 'Use a VolumeAttributesClass for volumes of that kind.',
  },
  'copy-not-complete': {
    code: 'unavailable',
    cause: 'A FlashBlade needs a while to copy a snapshot to a new file system.',
    remedy: 'It is asked again by itself.',
  },
  'volume-connected': {
    code: 'precondition',
    cause: 'A volume that a host can still write to is not destroyed.',
    remedy: 'Wait until the last pod is gone; a connection that nothing uses can be removed on the array.',
  },
  'volume-on-other-node': {
    code: 'precondition',
    cause: 'A volume for one node is still connected to another one. Two writers would destroy its file system.',
    remedy:
      'Wait until the pod there is gone. If that node is dead, add the taint node.kubernetes.io/out-of-service to it.',
  },
  'volume-has-snapshots': {
    code: 'precondition',
    cause: 'An array destroys the snapshots of a volume together with it.',
    remedy: 'Delete the VolumeSnapshots first; the volume follows by itself.',
  },
  'volume-without-lun': {
    code: 'unavailable',
    cause: 'The array connected the volume but named no LUN.',
    remedy: "It is tried again by itself; check the host's protocol on the array.",
  },
  'snapshot-in-group': {
    code: 'precondition',
    cause: 'Arrays keep the snapshots of a group together.',
    remedy: 'Delete the VolumeGroupSnapshot; its members go with it.',
  },
  'group-across-arrays': {
    code: 'precondition',
    cause: 'The volumes of the group are on several arrays, and those have no common instant.',
    remedy: 'Place volumes that belong together on one array: a class with an arraySelector for it.',
  },
  'group-across-pods': {
    code: 'precondition',
    cause: 'The volumes of the group are in several pods of the array, and those have no common instant.',
    remedy: 'Snapshot the volumes of each pod for themselves.',
  },
  'group-unsupported': {
    code: 'precondition',
    cause: 'Only FlashArrays and Cloud Block Stores snapshot several volumes at one instant; a FlashBlade does not.',
    remedy: 'Use VolumeSnapshots of the single volumes.',
  },
  'group-differs': {
    code: 'already-exists',
    cause: 'A group snapshot of that name exists, of other volumes.',
    remedy: 'Use another name.',
  },
  'snapshot-name-taken': {
    code: 'already-exists',
    cause: 'One name was used for snapshots of two volumes.',
    remedy: 'Use another name.',
  },
  'snapshot-name-invalid': {
    code: 'invalid',
    cause: 'The array cannot take a snapshot of that name.',
    remedy: "Use 1 to 63 letters, digits and '-', with at least one letter.",
  },
} as const satisfies Record<string, CatalogueEntry>;
