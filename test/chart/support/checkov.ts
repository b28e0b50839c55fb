import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkov } from '../../tools/checkov.ts';
import { ensure } from '../../tools/ensure.ts';
import { run } from './chart.ts';
import type { Finding, Findings, Manifests } from './finding.ts';

interface Report {
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly check_name: string;
      /** From the folder that was scanned, e.g. `/default.yaml`. */
      readonly file_path: string;
      /** `Kind.namespace.name`; of pods of a workload with their labels behind it. */
      readonly resource: string;
    }[];
  };
}

function objectOf(resource: string): string {
  const [kind = '', , ...name] = resource.split('.');
  return `${kind}/${kind === 'Pod' ? (name[0] ?? '') : name.join('.')}`;
}

/**
 * What checkov finds in manifests by name, by all its rules for Kubernetes, in one run: most of its time is its start.
 * It takes them for one cluster, so a NetworkPolicy of one counts for all; kube-score looks at each alone.
 */
export async function scan(manifests: Manifests): Promise<Findings> {
  const folder = await mkdtemp(path.join(tmpdir(), 'checkov-'));
  try {
    for (const [name, text] of manifests) await writeFile(path.join(folder, `${name}.yaml`), text);
    const modules = await ensure(checkov);
    const flags = ['--framework', 'kubernetes', '--skip-download', '--compact', '--quiet', '--output', 'json'];
    const environment = [`PYTHONPATH=${modules}`, 'PYTHONDONTWRITEBYTECODE=1', 'LOG_LEVEL=ERROR'];
    const program = [...environment, 'python3', '-m', 'checkov.main', '-d', folder, ...flags];
    const { stdout, stderr } = await run('env', program);
    const { summary, results } = JSON.parse(stdout) as Report;
    if (summary.passed === 0 || summary.parsing_errors > 0) throw new Error(`checkov read nothing: ${stderr}`);
    return new Map([...manifests.keys()].map(name => [name, findingsIn(results, `/${name}.yaml`)]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const findingsIn = ({ failed_checks }: Report['results'], file: string): readonly Finding[] =>
  failed_checks
    .filter(({ file_path }) => file_path === file)
    .map(found => ({ check: found.check_id, object: objectOf(found.resource), summary: found.check_name }));
