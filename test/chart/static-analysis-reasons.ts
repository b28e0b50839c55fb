/** A finding of the analyser that stays, and why. Whoever makes one go away removes it here: the test says so. */
export interface Accepted {
  readonly check: string;
  /** `Kind/name`, as rendered from the chart's folder ci. */
  readonly objects: readonly string[];
  /** What speaks against doing it, in a sentence. */
  readonly why: string;
}

const CONTROLLER = 'Deployment/pure-pso-controller';
const NODE = 'DaemonSet/pure-pso-node';
const BOTH = [CONTROLLER, NODE];

export const ACCEPTED: readonly Accepted[] = [
  {
    check: 'container-resources',
    objects: BOTH,
    why: 'No limit of CPU: a driver that is throttled in the middle of a burst or of an attach keeps pods waiting; memory is limited.',
  },
  {
    check: 'container-cpu-requests-equal-limits',
    objects: BOTH,
    why: 'There is no limit of CPU (see container-resources), and the request is what an idle fleet takes.',
  },
  {
    check: 'container-memory-requests-equal-limits',
    objects: BOTH,
    why: 'The request is what the parts take, measured; the limit is several times that, so that ten thousand volumes end no process.',
  },
  {
    check: 'container-resource-requests-equal-limits',
    objects: BOTH,
    why: 'The two checks of CPU and memory in one; priority classes keep these pods, not the QoS class Guaranteed.',
  },
  {
    check: 'container-ephemeral-storage-request-and-limit',
    objects: BOTH,
    why: 'Root file systems are read-only and hold no data; a limit would count logs, and a kubelet that evicts the driver for them takes volumes away.',
  },
  {
    check: 'container-image-pull-policy',
    objects: BOTH,
    why: 'Tags are of versions and never move; IfNotPresent lets nodes start pods while the registry is away, or without one.',
  },
  {
    check: 'container-security-context-privileged',
    objects: [NODE],
    why: 'It mounts for the host and makes device nodes: no set of capabilities covers that, see templates/node/daemon-set.yaml.',
  },
  {
    check: 'container-security-context-user-group-id',
    objects: BOTH,
    why: 'The node plugin is root on the host, as mounting wants; on OpenShift the cluster chooses the user of the controller.',
  },
  {
    check: 'container-seccomp-profile',
    objects: [NODE],
    why: 'A privileged container runs without a profile whatever it asks for; to name one would promise what is not there.',
  },
  {
    check: 'pod-networkpolicy',
    objects: BOTH,
    why: 'The node plugin is in the network of its host, where no policy applies; where the controller connects to stands in a Secret, so egress is the value networkPolicy.egress.',
  },
];
