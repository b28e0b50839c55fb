import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkov } from '../tools/checkov.ts';
import { ensureAll } from '../tools/ensure.ts';
import { helmTools, kubeScore } from '../tools/go-tools.ts';
import { ACCEPTED } from './static-analysis-reasons.ts';
import { TOOLS_TIMEOUT_MS } from './support/chart.ts';
import { scan } from './support/checkov.ts';
import type { Finding, Findings, Manifests } from './support/finding.ts';
import { score } from './support/kube-score.ts';
import { caseNames, renderCase } from './support/snapshots.ts';

const ANALYSERS: Readonly<Record<string, (manifests: Manifests) => Promise<Findings>>> = {
  'kube-score': score,
  checkov: scan,
};
/** A chart that is worse than ours: an analyser that finds nothing in it would find nothing in any. */
const WORSE = 'worse';

const found = new Map<string, Findings>();

beforeAll(async () => {
  await ensureAll([helmTools, kubeScore, checkov]);
  const rendered = new Map<string, string>();
  for (const name of caseNames()) rendered.set(name, await renderCase(name));
  const [name = ''] = caseNames();
  const worse = rendered.get(name)?.replaceAll('readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false') ?? '';
  rendered.set(WORSE, worse);
  for (const [analyser, analyse] of Object.entries(ANALYSERS)) found.set(analyser, await analyse(rendered));
}, TOOLS_TIMEOUT_MS);

const isAccepted = ({ check, object }: Finding): boolean =>
  ACCEPTED.some(accepted => accepted.check === check && accepted.objects.includes(object));
const unexplained = (analyser: string, name: string): readonly Finding[] | undefined =>
  found
    .get(analyser)
    ?.get(name)
    ?.filter(finding => !isAccepted(finding));

describe.each(Object.keys(ANALYSERS))('%s', analyser => {
  it.each(caseNames())('finds nothing in %s that lacks a reason', name => {
    expect(unexplained(analyser, name)).toEqual([]);
  });

  it('would see what nobody gave a reason for', () => {
    const objects = unexplained(analyser, WORSE)?.map(({ object }) => object);
    expect(objects?.toSorted()).toEqual(['DaemonSet/pure-pso-node', 'Deployment/pure-pso-controller']);
  });
});

describe('reasons', () => {
  it('are for what is still found, one each, and sentences', () => {
    const findings = [...found.values()].flatMap(byName => caseNames().flatMap(name => byName.get(name) ?? []));
    const all = new Set(findings.map(({ check, object }) => `${check} ${object}`));
    const reasons = ACCEPTED.flatMap(({ check, objects }) => objects.map(object => `${check} ${object}`));
    expect(reasons.filter(reason => !all.has(reason))).toEqual([]);
    expect(new Set(reasons).size).toBe(reasons.length);
    for (const { why } of ACCEPTED) expect(why).toMatch(/^\S.{40,}\.$/s);
  });
});
