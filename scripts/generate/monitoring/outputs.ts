import { readFile } from 'node:fs/promises';
import path from 'node:path';
import Handlebars from 'handlebars';
import type { Metric } from '../../../driver/src/metrics/catalogue/metric.ts';
import { METRIC_CHAPTERS } from '../../../driver/src/metrics/metric-catalogue.ts';
import { ALERTS } from './alerts.ts';
import { driverDashboard } from './dashboards/driver.ts';
import { fleetDashboard } from './dashboards/fleet.ts';
import { nodeDashboard } from './dashboards/node.ts';
import { placementDashboard } from './dashboards/placement.ts';
import { volumeDashboard } from './dashboards/volume.ts';
import { promql, scaled } from './expressions.ts';
import type { Dashboard } from './panel.ts';
import { placed } from './panel-layout.ts';

/** By the name of their file. */
export const DASHBOARDS: Readonly<Record<string, Dashboard>> = {
  driver: driverDashboard,
  fleet: fleetDashboard,
  node: nodeDashboard,
  placement: placementDashboard,
  volume: volumeDashboard,
};

const FOLDER = 'charts/pure-pso/files/monitoring';

async function template(name: string): Promise<(context: unknown) => string> {
  const environment = Handlebars.create();
  environment.registerHelper('json', (value: unknown) => JSON.stringify(value));
  const text = await readFile(path.join(import.meta.dirname, name), 'utf8');
  return environment.compile(text, { strict: true, noEscape: true });
}

/** Alerting rules as YAML; `speed` 60 makes minutes of seconds, for tests. */
export async function rulesFile(speed = 1): Promise<string> {
  const alerts = ALERTS.map(alert => ({
    ...alert,
    for: scaled(alert.for, speed),
    expression: promql(alert.expression, speed),
  }));
  return (await template('rules.yaml.hbs'))({ alerts });
}

/** A dashboard as Grafana imports it. */
async function dashboardFile(dashboard: Dashboard): Promise<string> {
  const variables = dashboard.variables.map(variable => ({
    ...variable,
    query: `label_values(${promql(variable.query)})`,
  }));
  const text = (await template('dashboard.json.hbs'))({ ...dashboard, variables, panels: placed(dashboard.panels) });
  return `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
}

async function metricsPage(): Promise<string> {
  const chapters = Object.entries(METRIC_CHAPTERS).map(([title, metrics]) => ({
    title,
    metrics: Object.entries<Metric>(metrics).map(([name, { type, labels, help }]) => ({
      name,
      type,
      help,
      labels: labels.map(label => `\`${label}\``).join(', '),
    })),
  }));
  return (await template('metrics.md.hbs'))({ chapters, alerts: ALERTS, dashboards: Object.values(DASHBOARDS) });
}

/** Everything that follows from the catalogue of metrics: path from the project's root -> content. */
export async function monitoringFiles(): Promise<readonly (readonly [string, string])[]> {
  const dashboards = Object.entries(DASHBOARDS).map(
    async ([name, dashboard]) => [`${FOLDER}/dashboards/${name}.json`, await dashboardFile(dashboard)] as const,
  );
  return [
    ['docs/metrics.md', await metricsPage()],
    [`${FOLDER}/rules.yaml`, await rulesFile()],
    ...(await Promise.all(dashboards)),
  ];
}
