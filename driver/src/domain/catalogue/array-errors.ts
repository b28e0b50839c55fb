import type { CatalogueEntry } from './entry.ts';

/** What an array says, or does not say. */
export const ARRAY_ERRORS = {
  'array-token-refused': {
    code: 'unauthenticated',
    cause: 'The array does not accept the API token.',
    remedy: 'Create a new token on the array and put it into the values (or the existing Secret).',
  },
  'array-role-too-low': {
    code: 'unauthenticated',
    cause: "The array knows the token, but its user's role does not allow this.",
    remedy: 'Use a token of a user with the role storage_admin.',
  },
  'array-busy': {
    code: 'busy',
    cause: 'The array, or its queue in the driver, has too much to do.',
    remedy: 'It is tried again by itself. If it goes on, look at the load of the array.',
  },
  'array-failed': {
    code: 'unavailable',
    cause: 'The array answered with a failure of its own (HTTP 5xx).',
    remedy: 'It is tried again by itself. Look at the alerts of the array.',
  },
  'array-unreachable': {
    code: 'unavailable',
    cause: 'No connection to the array could be made.',
    remedy: 'Check MgmtEndPoint, DNS, port 443 and the network between the controller and the array.',
  },
  'array-certificate': {
    code: 'unavailable',
    cause:
      'The certificate of the array expired, is signed by nobody trusted, for another name, or not the pinned one.',
    remedy: 'Renew it, or set caBundle or certificateSha256 of that array.',
  },
  'array-answer-lost': {
    code: 'unavailable',
    cause: 'The request was sent, and no complete answer came: the array may have acted.',
    remedy: 'It is tried again by itself, and finds what the first try made.',
  },
  'array-answer-unreadable': {
    code: 'unavailable',
    cause: 'The answer is not what an array sends.',
    remedy: 'Check that MgmtEndPoint leads to the array itself and not to a proxy.',
  },
  'array-slow': {
    code: 'timeout',
    cause: 'The array did not answer in time.',
    remedy: 'It is tried again by itself. Look at the load of the array and the network to it.',
  },
  'array-too-old': {
    code: 'unsupported',
    cause: 'The array speaks no version of the REST API that this driver supports.',
    remedy: 'Upgrade Purity on the array.',
  },
  'array-too-new': {
    code: 'unsupported',
    cause: 'The array speaks only versions of the REST API that are newer than this driver.',
    remedy: 'Upgrade the driver. The other arrays work on meanwhile.',
  },
  'array-removed': {
    code: 'unavailable',
    cause: 'The array was removed from the values while the call ran.',
    remedy: 'It is tried again by itself with the new values.',
  },
  'array-object-missing': {
    code: 'not-found',
    cause: 'The array says that something the call needs does not exist.',
    remedy: 'Check that it was not removed on the array.',
  },
  'array-object-destroyed': {
    code: 'not-found',
    cause: 'The array says that something the call needs is destroyed.',
    remedy: 'Recover it on the array, or wait until it is eradicated.',
  },
  'array-feature-missing': {
    code: 'unsupported',
    cause: 'The version of Purity on this array cannot do it.',
    remedy: 'Upgrade Purity, or use a class for other arrays.',
  },
  'array-name-taken': {
    code: 'already-exists',
    cause: 'The array has something of that name already.',
    remedy: 'Choose another name, or remove what is there.',
  },
  'array-limit-reached': {
    code: 'no-capacity',
    cause: 'A limit of the array is reached: space, quota, or the number of its objects.',
    remedy: 'Free space or objects (destroyed ones count until they are eradicated), or use another array.',
  },
  'array-value-out-of-range': {
    code: 'out-of-range',
    cause: 'The array does not take a value of the request.',
    remedy: 'Choose a value within the limits that it names.',
  },
  'array-refused': {
    code: 'invalid',
    cause: 'The array refused for a reason that this driver has no word for; its own words are in the sentence.',
    remedy: 'Check the request against the state of the array.',
  },
  'array-request-wrong': {
    code: 'bug',
    cause: 'The array found a request of this driver malformed.',
    remedy: 'Please report it with the log of this request.',
  },
  'array-without-portals': {
    code: 'precondition',
    cause: 'The array has no port for the protocol, or none in the allowed networks.',
    remedy: 'Enable the protocol on a network interface of the array, or correct the allowed CIDRs.',
  },
  'array-setting-invalid': {
    code: 'invalid',
    cause: 'A setting of the array in the values cannot be used.',
    remedy: 'Correct it in the values of the chart; the other arrays work on.',
  },
  'pod-not-online': {
    code: 'unavailable',
    cause: 'The pod is stretched over two arrays that lost touch, and the array that was asked does not serve it now.',
    remedy: "Check the arrays' connection to each other and to the mediator; volumes work on through the other array.",
  },
  'pod-has-file-systems': {
    code: 'precondition',
    cause: 'A pod of the array with file systems or policies takes no volume with default protection.',
    remedy: "Take the pod's default protection off, or use a pod for block volumes only.",
  },
  'eradication-held': {
    code: 'precondition',
    cause: 'SafeMode holds what was destroyed.',
    remedy: 'Wait for the retention to end, or ask support.',
  },
  'initiator-in-use': {
    code: 'precondition',
    cause: "The node's initiator belongs to another host of the array.",
    remedy: 'Remove the initiator from the other host, or give the node a name of its own.',
  },
  'initiator-on-several-hosts': {
    code: 'precondition',
    cause: 'Two hosts of the array have the same initiator, so nobody can say which is the node.',
    remedy: 'Give every node an initiator name of its own, and remove this one from all hosts but one.',
  },
  'host-of-other-machine': {
    code: 'precondition',
    cause:
      "A host of the array has an initiator of the node (IQN, NQN or Fibre Channel port), others that are not the node's, and another name: it stands for two machines, or an adapter or a system was moved or replaced. Each machine would see the volumes of the other, and what is disconnected from the one would be gone for the other.",
    remedy:
      "If the host is another machine's, take the node's initiators off it. If it is the node's, take those off it that the node has no longer.",
  },
  'host-name-taken': {
    code: 'precondition',
    cause: 'The array has hosts of the names that the node could get, with other initiators.',
    remedy: 'Remove such a host on the array, or give the node another name.',
  },
  'host-chap-foreign': {
    code: 'precondition',
    cause: "The node's host on the array has a CHAP user that an administrator set; the cluster wants one of its own.",
    remedy: 'Take that CHAP user off the host on the array, or switch CHAP off in the values of the chart.',
  },
  'array-without-data-address': {
    code: 'precondition',
    cause: 'No address is known from which the FlashBlade serves files.',
    remedy: "Enable a data VIP on the array, or set NFSEndPoint in the array's entry.",
  },
  'export-rule-not-taken': {
    code: 'unavailable',
    cause: 'The FlashBlade answered without the rule that lets the node mount the file system.',
    remedy: 'It is tried again by itself; look at the export rules of the file system on the array.',
  },
  'export-rule-not-removed': {
    code: 'unavailable',
    cause: 'The FlashBlade still shows a rule that it was told to remove: the node could still mount.',
    remedy: 'It is tried again by itself; else remove the rule on the array.',
  },
} as const satisfies Record<string, CatalogueEntry>;
