import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { CHART, helmTemplate } from './chart.ts';

const VALUES = path.join(CHART, 'ci');
const SNAPSHOTS = path.resolve(import.meta.dirname, '../snapshots');
const SUFFIX = '-values.yaml';
const APIS = ['snapshot.storage.k8s.io/v1', 'monitoring.coreos.com/v1'];

/** Names of the values files in the chart's folder ci. */
export const caseNames = (): readonly string[] =>
  readdirSync(VALUES)
    .filter(file => file.endsWith(SUFFIX))
    .map(file => file.slice(0, -SUFFIX.length))
    .sort();

export const caseValues = async (name: string): Promise<unknown> =>
  parse(await readFile(path.join(VALUES, `${name}${SUFFIX}`), 'utf8'));

export const snapshotFile = (name: string): string => path.join(SNAPSHOTS, `${name}.yaml`);

export interface RenderOptions {
  /** Groups that the cluster has beside Kubernetes' own. */
  readonly apis?: readonly string[];
  /** With dashboards, which follow a namespace that no rendering sees. */
  readonly dashboards?: boolean;
}

/** What the chart makes of one of these files; the version is left out, so that a release changes no snapshot. */
export async function renderCase(name: string, { apis = APIS, dashboards }: RenderOptions = {}): Promise<string> {
  const monitoring = dashboards === undefined ? {} : { monitoring: { dashboards: { enabled: dashboards } } };
  const values = { ...((await caseValues(name)) as object), ...monitoring };
  const { code, stdout, stderr } = await helmTemplate(values, apis);
  if (code !== 0) throw new Error(`${name}: ${stderr}`);
  return stdout
    .replaceAll(
      /(helm\.sh\/chart: "?pure-pso-|app\.kubernetes\.io\/version: "?|pure-pso\/driver:)\d+\.\d+\.\d+[\w.-]*/g,
      '$1VERSION',
    )
    .trimStart();
}
