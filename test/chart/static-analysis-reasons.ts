/** A finding of kube-score or checkov that stays, and why. Whoever makes one go away removes it here: the test says so. */
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
  {
    check: 'deployment-replicas',
    objects: [CONTROLLER],
    why: 'The default is two replicas; who sets one, as a small cluster may, waits longer after a node is lost and loses nothing.',
  },
  {
    check: 'CKV_K8S_11',
    objects: BOTH,
    why: 'No limit of CPU, as for container-resources above: a throttled driver keeps pods waiting.',
  },
  {
    check: 'CKV_K8S_15',
    objects: BOTH,
    why: 'Tags never move, as for container-image-pull-policy above: nodes start pods while the registry is away.',
  },
  {
    check: 'CKV_K8S_43',
    objects: BOTH,
    why: 'A tag of a version is what mirrors, air gaps and people can follow; who pins a digest writes it into the values.',
  },
  {
    check: 'CKV_K8S_38',
    objects: BOTH,
    why: 'Both talk to the API server: the sidecars watch claims, the node plugin reads the labels of its node.',
  },
  {
    check: 'CKV_K8S_9',
    objects: [CONTROLLER],
    why: 'The sidecars serve nobody, so there is nothing to be ready for; the driver itself has a readiness probe.',
  },
  {
    check: 'CKV_K8S_16',
    objects: [NODE],
    why: 'Privileged, as for container-security-context-privileged above: it mounts for the host.',
  },
  {
    check: 'CKV_K8S_20',
    objects: [NODE],
    why: 'A privileged container may escalate by definition; Kubernetes refuses to run one that says otherwise.',
  },
  {
    check: 'CKV_K8S_19',
    objects: [NODE],
    why: 'iscsid and multipathd of the host listen on abstract sockets, which belong to its network namespace.',
  },
  {
    check: 'CKV_K8S_23',
    objects: [NODE],
    why: 'Only root may mount, scan for devices and make file systems on the host.',
  },
  {
    check: 'CKV_K8S_40',
    objects: BOTH,
    why: 'Only root may mount on the host; on OpenShift the cluster chooses the user of the controller, a high one.',
  },
  {
    check: 'CKV_K8S_28',
    objects: [NODE],
    why: 'Privileged means every capability, NET_RAW among them; dropping one of them would have no effect.',
  },
  {
    check: 'CKV_K8S_37',
    objects: [NODE],
    why: 'Privileged means every capability; a list of dropped ones would promise what is not there.',
  },
  {
    check: 'CKV_K8S_29',
    objects: [NODE],
    why: 'The security context stands at its one container, where privileged and the read-only root file system belong.',
  },
  {
    check: 'CKV_K8S_31',
    objects: [NODE],
    why: 'A privileged container runs without a seccomp profile whatever it asks for.',
  },
  {
    check: 'CKV2_K8S_6',
    objects: ['Pod/pure-pso-node'],
    why: 'No NetworkPolicy applies to a pod in the network of its host.',
  },
];
