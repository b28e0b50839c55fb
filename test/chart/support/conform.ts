import path from 'node:path';
import { ensure } from '../../tools/ensure.ts';
import { helmTools } from '../../tools/go-tools.ts';
import { run } from './chart.ts';
import { kubeSchemas } from './kube-schemas.ts';

/** Of OpenShift, which publishes no schema in a package. */
const FOREIGN = ['SecurityContextConstraints'];

interface Report {
  readonly resources: readonly { readonly kind: string; readonly name: string; readonly msg: string }[];
  readonly summary: { readonly valid: number };
}

/** What Kubernetes' own schemas find wrong in manifests, unknown fields included. */
export async function conform(manifests: string): Promise<readonly string[]> {
  const location = path.join(await ensure(kubeSchemas), '{{ .ResourceKind }}{{ .KindSuffix }}.json');
  const { stdout, stderr } = await run(
    path.join(await ensure(helmTools), 'kubeconform'),
    ['-strict', '-summary', '-output', 'json', '-skip', FOREIGN.join(','), '-schema-location', location, '-'],
    manifests,
  );
  if (stderr !== '') throw new Error(`kubeconform: ${stderr}`);
  const { resources, summary } = JSON.parse(stdout) as Report;
  if (summary.valid === 0) return ['nothing is valid in it'];
  return resources.map(({ kind, name, msg }) => `${kind} ${name}: ${msg}`);
}
