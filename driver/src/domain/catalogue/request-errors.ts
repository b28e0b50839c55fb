import type { CatalogueEntry } from './entry.ts';

/** Claims, classes and what the sidecars ask for. */
export const REQUEST_ERRORS = {
  'field-missing': {
    code: 'invalid',
    cause: 'A call lacks a field that the CSI specification requires.',
    remedy: 'It comes from a sidecar or a tool, not from a claim: check its version.',
  },
  'field-invalid': {
    code: 'invalid',
    cause: 'A field of a call has a value that the CSI specification does not allow.',
    remedy: 'It comes from a sidecar or a tool, not from a claim: check its version.',
  },
  'parameter-unknown': {
    code: 'invalid',
    cause: 'The class has a parameter that this driver does not know. Nothing is guessed.',
    remedy:
      'Correct the name. Classes are immutable: make a new one, or delete and create it; volumes stay as they are.',
  },
  'parameter-invalid': {
    code: 'invalid',
    cause: 'A parameter of the class has a value out of its range, or one that contradicts another.',
    remedy: 'Correct the value; docs/parameters.md has all ranges.',
  },
  'selector-invalid': {
    code: 'invalid',
    cause: 'The arraySelector of the class is no label expression.',
    remedy: 'Write it like a selector of Kubernetes, e.g. env=dev,tier in (gold,silver).',
  },
  'access-mode-unsupported': {
    code: 'invalid',
    cause:
      'Two kernels on one ext4 or xfs destroy it, so a file system on a block volume is for one node; a file system of a FlashBlade has no raw blocks.',
    remedy: 'Use ReadWriteOnce, ReadWriteOncePod or volumeMode: Block, or a class with the other backend.',
  },
  'preview-invalid': {
    code: 'invalid',
    cause: 'A question of where claims would go has a field that cannot be used; nothing was decided and nothing made.',
    remedy: 'Correct the field that is named; docs/how-to/preview-placement.md has an example.',
  },
  'report-invalid': {
    code: 'invalid',
    cause: 'A question about volumes has a field that cannot be used; no array was asked.',
    remedy: 'Correct the field that is named; docs/how-to/lifecycle.md has an example.',
  },
  'report-busy': {
    code: 'busy',
    cause:
      'So many questions about volumes wait for one array that this one would wait for long; volumes are not affected.',
    remedy: 'Ask again in some seconds; if it stays, look who asks on the port of the previews.',
  },
  'volume-foreign': {
    code: 'not-found',
    cause: 'Somebody asked about a volume that is not of this cluster; its array was not asked.',
    remedy: 'Look at it on the array, or in the cluster that it belongs to.',
  },
  'array-check-invalid': {
    code: 'invalid',
    cause: 'A question about an array has a field that could not be configured either; the array was not asked.',
    remedy: 'Correct the field that is named; docs/how-to/check-an-array.md has an example.',
  },
  'array-check-forbidden': {
    code: 'unauthenticated',
    cause:
      'A question about an array came without a valid ticket of this cluster: it did not come through somebody who may ask.',
    remedy: 'Get a ticket as docs/how-to/check-an-array.md says; it is valid for ten minutes or longer.',
  },
  'array-check-busy': {
    code: 'busy',
    cause: 'Arrays are checked one at a time, with two seconds from one to the next.',
    remedy: 'Ask again in some seconds.',
  },
  'size-range-invalid': {
    code: 'invalid',
    cause: 'The smallest and the largest size that were asked for contradict each other.',
    remedy: 'Correct resources of the claim.',
  },
  'size-impossible': {
    code: 'out-of-range',
    cause: 'No array can make a volume of that size.',
    remedy: 'Ask for 1 MiB to 4 PiB.',
  },
  'list-token-unknown': {
    code: 'conflict',
    cause: 'A listing was to go on from a page that this driver never gave.',
    remedy: 'The sidecar starts again by itself.',
  },
  'call-overlapping': {
    code: 'conflict',
    cause: 'Two calls want different things of one object at the same time; the second one waits.',
    remedy: 'It is tried again by itself.',
  },
  'caller-gone': {
    code: 'timeout',
    cause: 'Whoever asked stopped waiting.',
    remedy: 'It asks again. If that goes on, look at how long the arrays take to answer.',
  },
  'no-array-has-room': {
    code: 'no-capacity',
    cause: 'Every array that fits in all else would be fuller than placement.maxUsedPercent allows.',
    remedy:
      'Free space, add an array, or raise placement.maxUsedPercent. Destroyed volumes hold space until eradicated.',
  },
  'no-array-answers': {
    code: 'unavailable',
    cause: 'Arrays that would fit cannot be used now; the sentence names each with its reason.',
    remedy: 'Repair the first array that is named; the claim goes on by itself.',
  },
  'no-array-in-reach': {
    code: 'no-match',
    cause: 'The arrays that fit cannot be reached from where the pod may run.',
    remedy: 'Compare the topology labels of nodes and arrays with allowedTopologies of the class.',
  },
  'no-array-matches': {
    code: 'no-match',
    cause: 'No array of the fleet has what the class asks for: kind, labels, protocol or limits.',
    remedy: 'Label an array in the values, add one, or use another class.',
  },
  'source-on-other-array': {
    code: 'no-match',
    cause: 'A copy is made within one array: no array can read the volumes of another.',
    remedy: 'Use a class that allows the array of the source, or copy the data with a pod that mounts both.',
  },
  'volume-may-exist': {
    code: 'unavailable',
    cause:
      'Shortly after a start, the driver makes sure that no volume is made twice; an array that may hold it did not answer.',
    remedy: 'Wait: it is tried again by itself.',
  },
  'array-not-configured': {
    code: 'unavailable',
    cause: 'The volume lives on an array that is not in the values, or that was not reached since the start.',
    remedy: 'Add the array again, or make it reachable. The volume is not lost.',
  },
  'list-incomplete': {
    code: 'unavailable',
    cause: 'A list without the objects of one array would be taken for the truth, e.g. that volumes are detached.',
    remedy: 'Make the array reachable, or remove it from the values.',
  },
} as const satisfies Record<string, CatalogueEntry>;
