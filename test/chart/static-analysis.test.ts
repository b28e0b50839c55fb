import { beforeAll, describe, expect, it } from '@jest/globals';
import { ensure } from '../tools/ensure.ts';
import { helmTools, kubeScore } from '../tools/go-tools.ts';
import { ACCEPTED } from './static-analysis-reasons.ts';
import { TOOLS_TIMEOUT_MS } from './support/chart.ts';
import { score, type Finding } from './support/kube-score.ts';
import { caseNames, renderCase } from './support/snapshots.ts';

const isAccepted = ({ check, object }: Finding): boolean =>
  ACCEPTED.some(accepted => accepted.check === check && accepted.objects.includes(object));

const found = new Map<string, readonly Finding[]>();

beforeAll(async () => {
  await ensure(helmTools);
  await ensure(kubeScore);
  for (const name of caseNames()) found.set(name, await score(await renderCase(name)));
}, TOOLS_TIMEOUT_MS);

describe('kube-score', () => {
  it.each(caseNames())('finds nothing in %s that lacks a reason', name => {
    expect(found.get(name)?.filter(finding => !isAccepted(finding))).toEqual([]);
  });

  it('still finds everything that has one', () => {
    const all = new Set([...found.values()].flat().map(({ check, object }) => `${check} ${object}`));
    const reasons = ACCEPTED.flatMap(({ check, objects }) => objects.map(object => `${check} ${object}`));
    expect(reasons.filter(reason => !all.has(reason))).toEqual([]);
    expect(new Set(reasons).size).toBe(reasons.length);
    for (const { why } of ACCEPTED) expect(why).toMatch(/^[A-Z].{40,}\.$/s);
  });

  it('would see what nobody gave a reason for', async () => {
    const rendered = await renderCase('default');
    const worse = rendered.replace('readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false');
    expect(worse).not.toBe(rendered);
    const more = (await score(worse)).filter(finding => !isAccepted(finding));
    expect(more.map(({ object }) => object)).toEqual(['DaemonSet/pure-pso-node']);
  });
});
