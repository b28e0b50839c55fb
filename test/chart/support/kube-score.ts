import path from 'node:path';
import { ensure } from '../../tools/ensure.ts';
import { kubeScore } from '../../tools/go-tools.ts';
import { run } from './chart.ts';
import type { Finding, Findings, Manifests } from './finding.ts';

/** Grade of a check without any complaint. */
const PERFECT = 10;

interface ScoredObject {
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly name: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly path: string; readonly summary: string }[] | null;
  }[];
}

async function scoreOne(manifests: string): Promise<readonly Finding[]> {
  const program = path.join(await ensure(kubeScore), 'kube-score');
  const flags = ['--output-format', 'json', '--kubernetes-version', 'v1.36', '--all-default-optional'];
  const { stdout, stderr } = await run(program, ['score', ...flags, '-'], manifests);
  const objects = JSON.parse(stdout || '[]') as readonly ScoredObject[];
  if (objects.length === 0) throw new Error(`kube-score looked at nothing: ${stderr}`);
  return objects.flatMap(({ type_meta: { kind }, object_meta: { name }, checks }) =>
    checks
      .filter(({ skipped, grade }) => !skipped && grade < PERFECT)
      .map(({ check, comments }) => ({
        check: check.id,
        object: `${kind}/${name}`,
        summary: (comments ?? []).map(comment => `${comment.path} ${comment.summary}`.trim()).join('; '),
      })),
  );
}

/** What kube-score finds in manifests by name, its optional checks included. */
export async function score(manifests: Manifests): Promise<Findings> {
  const findings = new Map<string, readonly Finding[]>();
  for (const [name, text] of manifests) findings.set(name, await scoreOne(text));
  return findings;
}
