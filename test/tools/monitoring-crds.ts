import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Artefact } from './artefact.ts';

const MODULE = 'github.com/prometheus-operator/prometheus-operator@v0.85.0';
/** Those of the operator's kinds that the chart makes. */
const FILES = ['monitoring.coreos.com_podmonitors.yaml', 'monitoring.coreos.com_prometheusrules.yaml'];

/** CustomResourceDefinitions of the Prometheus operator as YAML files, as Rancher Monitoring brings them. */
export const monitoringCrds: Artefact = {
  name: 'monitoring-crds',
  title: 'definitions of the Prometheus operator',
  estimateSeconds: 5,
  weight: 'light',
  needs: [],
  hostPackages: [],
  inputs: () => ({ files: [import.meta.filename], values: [MODULE] }),
  build: async context => {
    const answer = path.join(context.work, 'module.json');
    await context.run('go', ['mod', 'download', '-json', MODULE], { cwd: context.work, stdoutFile: answer });
    const { Dir } = JSON.parse(await readFile(answer, 'utf8')) as { Dir: string };
    for (const file of FILES) {
      await cp(path.join(Dir, 'example/prometheus-operator-crd', file), path.join(context.out, file));
    }
    await context.run('chmod', ['-R', 'u+w', context.out]);
  },
};
