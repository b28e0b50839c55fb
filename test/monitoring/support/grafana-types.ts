import type * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stat from '@grafana/grafana-foundation-sdk/stat';
import type * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import type * as table from '@grafana/grafana-foundation-sdk/table';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

/** Grafana's schemas, as its typed SDK has them; ./grafana-schema.ts reads this file. */
export interface GrafanaTypes {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- Grafanas from 8 on read this form; the one of v2 needs 12
  readonly dashboard: dashboard.Dashboard;
  readonly target: prometheus.Dataquery;
  readonly timeseries: timeseries.Options;
  readonly timeseriesField: timeseries.FieldConfig;
  readonly 'state-timeline': statetimeline.Options;
  readonly 'state-timelineField': statetimeline.FieldConfig;
  readonly stat: stat.Options;
  readonly bargauge: bargauge.Options;
  readonly table: table.Options;
}
