import * as z from 'zod';
import { autoFlag, duration, group, labelMap, objectName, opt } from './fields.ts';

const enabled = (what: string) => opt(autoFlag, `${what} auto: when the cluster has the API monitoring.coreos.com/v1.`);
const labels = opt(labelMap, 'More labels, if your Prometheus selects by label, e.g. release: kube-prometheus-stack.');

export const monitoringValues = {
  monitoring: group(
    {
      volumes: opt(
        z.boolean(),
        'Metrics of single volumes with claim, namespace, project, class and array: two series a volume and controller.',
      ),
      podMonitor: group(
        {
          enabled: enabled('Lets Prometheus read the metrics of controller, sidecars and node plugins.'),
          labels,
          interval: opt(duration, 'Between two readings.'),
          sidecars: opt(z.boolean(), 'Of the CSI sidecars, too.'),
        },
        'PodMonitors.',
      ),
      prometheusRule: group(
        {
          enabled: enabled('Alerts.'),
          labels,
          disabled: opt(z.array(z.string().max(253)), 'Names of alerts to leave out; docs/metrics.md lists them.'),
        },
        'PrometheusRule.',
      ),
      dashboards: group(
        {
          enabled: opt(autoFlag, 'Grafana dashboards as ConfigMaps. auto: when their namespace exists.'),
          namespace: opt(objectName, "Where Grafana's sidecar looks; that of Rancher Monitoring looks only there."),
          labels: opt(labelMap, "By which Grafana's sidecar finds them; empty: grafana_dashboard: 1."),
        },
        'Dashboards.',
      ),
    },
    'Prometheus and Grafana.',
  ),
};
