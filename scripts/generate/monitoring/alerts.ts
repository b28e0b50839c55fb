/** One alert. `expression` is a template of ./expressions.ts; texts may use Prometheus' `{{ $labels.array }}`. */
export interface Alert {
  readonly name: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly for: string;
  readonly expression: string;
  readonly summary: string;
  /** What it means and what to do. */
  readonly description: string;
}

const ERRORS = 'code!~"ok|not-found|already-exists|invalid|out-of-range|no-capacity|no-match|conflict|precondition"';

/** Every expression aggregates over the replicas of the controller, so that one alert tells one trouble. */
export const ALERTS: readonly Alert[] = [
  {
    name: 'PsoControllerAbsent',
    severity: 'critical',
    for: '5m',
    expression: 'absent({{pso_build_info}}{role="controller"})',
    summary: 'No storage controller is running.',
    description:
      'No volume can be made, attached, grown or deleted; volumes in use go on. Look at the pods of the controller and their events.',
  },
  {
    name: 'PsoArrayDown',
    severity: 'critical',
    for: '5m',
    expression: 'max by (array) ({{pso_array_up}}) == 0',
    summary: 'Array {{ $labels.array }} does not answer.',
    description:
      'It gets no new volumes, and its volumes can be neither attached nor grown. The reason is in the log of the controller; check its network, certificate and API token.',
  },
  {
    name: 'PsoArrayFiguresOld',
    severity: 'warning',
    for: '5m',
    expression: 'min by (array) ({{pso_array_observation_age_seconds}}) > {{seconds "5m"}}',
    summary: 'The figures of array {{ $labels.array }} are old.',
    description:
      'Placement trusts no figures older than five minutes, so it gets no new volumes until it answers again.',
  },
  {
    name: 'PsoArrayFull',
    severity: 'critical',
    for: '5m',
    expression:
      'max by (array) ({{pso_array_used_bytes}} / {{pso_array_capacity_bytes}}) >= on () group_left () max({{pso_placement_used_limit_ratio}})',
    summary: 'Array {{ $labels.array }} is {{ $value | humanizePercentage }} full and gets no new volumes.',
    description: 'Free space on the array, add an array, or raise placement.maxUsedPercent.',
  },
  {
    name: 'PsoFleetFillsUp',
    severity: 'warning',
    for: '1h',
    expression:
      'predict_linear(sum(max by (array) ({{pso_array_used_bytes}}))[{{time "1d"}}:{{time "10m"}}], {{seconds "7d"}}) > on () sum(max by (array) ({{pso_array_capacity_bytes}})) * max({{pso_placement_used_limit_ratio}})',
    summary: 'The arrays will be full within a week.',
    description: 'At the rate of the last day no array will take new volumes in a week. Plan capacity.',
  },
  {
    name: 'PsoArrayWarning',
    severity: 'warning',
    for: '15m',
    expression: 'max by (array) ({{pso_array_warnings}}) > 0',
    summary: 'Array {{ $labels.array }} has {{ $value }} warnings about itself.',
    description:
      'For instance a controller that is not ready. It works, but with less redundancy: look at its own alerts.',
  },
  {
    name: 'PsoArraySlow',
    severity: 'warning',
    for: '15m',
    expression: 'max by (array) ({{pso_array_latency_seconds}}) > 0.005',
    summary: 'Array {{ $labels.array }} answers reads and writes in {{ $value | humanizeDuration }}.',
    description:
      'Applications wait. New volumes avoid it by themselves; look at the busiest volumes or set limits on them.',
  },
  {
    name: 'PsoArrayCallsFail',
    severity: 'warning',
    for: '10m',
    expression:
      'sum by (array) (rate({{pso_rest_calls_total}}{status=~"0|401|403|429|5.."}[{{time "10m"}}])) / sum by (array) (rate({{pso_rest_calls_total}}[{{time "10m"}}])) > 0.2',
    summary: '{{ $value | humanizePercentage }} of the REST calls to array {{ $labels.array }} fail.',
    description: 'Status 0 means no answer, 401 and 403 a token or role that is not accepted, 429 and 503 overload.',
  },
  {
    name: 'PsoArrayQueueLong',
    severity: 'warning',
    for: '5m',
    expression: 'max by (array) ({{pso_rest_queued_calls}}) > 50',
    summary: '{{ $value }} calls wait for array {{ $labels.array }}.',
    description:
      'Its management is slower than what is asked of it. Claims and attachments take longer; nothing is lost.',
  },
  {
    name: 'PsoPlacementRefused',
    severity: 'warning',
    for: '1m',
    expression: 'sum(increase({{pso_placement_decisions_total}}{array=""}[{{time "15m"}}])) > 0',
    summary: 'No array fits some claims.',
    description:
      'Each such claim has an event PlacementRefused that says of every array why not: kubectl get events -A --field-selector reason=PlacementRefused.',
  },
  {
    name: 'PsoCallsFail',
    severity: 'warning',
    for: '10m',
    expression: `sum by (method) (rate({{pso_rpc_seconds_count}}{${ERRORS}}[{{time "10m"}}])) / sum by (method) (rate({{pso_rpc_seconds_count}}[{{time "10m"}}])) > 0.2`,
    summary: '{{ $value | humanizePercentage }} of the calls {{ $labels.method }} fail.',
    description: 'Volumes are waiting. The events of their claims and pods, and the log of the driver, say why.',
  },
  {
    name: 'PsoCallsSlow',
    severity: 'warning',
    for: '15m',
    expression:
      'histogram_quantile(0.99, sum by (le, method) (rate({{pso_rpc_seconds_bucket}}{method=~"CreateVolume|ControllerPublishVolume|ControllerUnpublishVolume"}[{{time "15m"}}]))) > 5',
    summary: 'One in a hundred calls {{ $labels.method }} takes longer than {{ $value | humanizeDuration }}.',
    description:
      'Pods wait that long for their volumes. The dashboard of the driver shows whether it is the array or the queue.',
  },
  {
    name: 'PsoConfigurationProblem',
    severity: 'warning',
    for: '1m',
    expression: 'max({{pso_configuration_problems}}) > 0',
    summary: '{{ $value }} entries of the values are wrong and left out.',
    description: 'The log of the controller names each of them and says what is wrong; all others are used.',
  },
  {
    name: 'PsoNodeVolumeFailed',
    severity: 'critical',
    for: '1m',
    expression: 'max by (node) ({{pso_node_volumes}}{health="failed"}) > 0',
    summary: '{{ $value }} volumes on node {{ $labels.node }} have no path left.',
    description: 'Their pods cannot read or write. Check the network between the node and the array.',
  },
  {
    name: 'PsoNodePathsDown',
    severity: 'warning',
    for: '5m',
    expression: 'max by (node) ({{pso_node_paths}}{state="down"}) > 0',
    summary: '{{ $value }} paths of node {{ $labels.node }} to its volumes are down.',
    description:
      'The volumes work over the other paths, with less redundancy. Check switches, ports and multipath -ll on the node.',
  },
  {
    name: 'PsoNodeSessionsFailed',
    severity: 'warning',
    for: '5m',
    expression:
      '(max by (node) ({{pso_node_iscsi_sessions}}{state="failed"}) + max by (node) ({{pso_node_nvme_controllers}}{state="failed"}) + max by (node) ({{pso_node_fc_paths}}{state="away"})) > 0',
    summary: '{{ $value }} sessions of node {{ $labels.node }} with arrays are broken.',
    description:
      'A portal or port of an array cannot be reached from the node, or was taken away. Check iscsiadm -m session -P 1, nvme list-subsys or /sys/class/fc_remote_ports there.',
  },
];
