import path from 'node:path';
import { ensure } from '../../tools/ensure.ts';
import { kubeScore } from '../../tools/go-tools.ts';
import { run } from './chart.ts';

/** Something that an analyser would rather have otherwise. */
export interface Finding {
  /** Name of the check, e.g. `container-resources`. */
  readonly check: string;
  /** `Kind/name`. */
  readonly object: string;
  /** One sentence of the analyser for a person. */
  readonly summary: string;
}

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

/** What kube-score finds in manifests, its optional checks included. */
export async function score(manifests: string): Promise<readonly Finding[]> {
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
