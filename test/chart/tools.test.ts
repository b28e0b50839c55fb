import { describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { ensure } from '../tools/ensure.ts';
import { helmTools, helmUnittest } from '../tools/go-tools.ts';
import { CHART, fixture, helmTemplate, run, TOOLS_TIMEOUT_MS } from './support/chart.ts';
import { kubeSchemas } from './support/kube-schemas.ts';

const helmTool = async (name: string): Promise<string> => path.join(await ensure(helmTools), name);

async function conform(manifests: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const location = path.join(await ensure(kubeSchemas), '{{ .ResourceKind }}{{ .KindSuffix }}.json');
  return run(
    await helmTool('kubeconform'),
    ['-strict', '-summary', '-skip', 'SecurityContextConstraints', '-schema-location', location, '-'],
    manifests,
  );
}

describe('the chart', () => {
  it(
    'passes helm lint',
    async () => {
      const ran = await run(await helmTool('helm'), ['lint', '--strict', '--kube-version', '1.36.3', CHART]);
      expect(ran.stdout).toContain('0 chart(s) failed');
      expect(ran.code).toBe(0);
    },
    TOOLS_TIMEOUT_MS,
  );

  it(
    'passes its helm-unittest suites',
    async () => {
      const ran = await run(path.join(await ensure(helmUnittest), 'helm-unittest'), ['--strict', CHART]);
      expect(`${ran.stdout}${ran.stderr}`).toMatch(/Tests:\s+[1-9]\d* passed, \d+ total/);
      expect(ran.code).toBe(0);
    },
    TOOLS_TIMEOUT_MS,
  );

  it.each([{}, { storageCapacity: true }, fixture('pso-6-defaults'), fixture('pso-6-sample'), fixture('pso-5')])(
    'renders objects that Kubernetes knows (%#)',
    async values => {
      const { stdout } = await helmTemplate(values);
      const ran = await conform(stdout);
      expect(`${ran.stdout}${ran.stderr}`).toMatch(/Valid: [1-9]\d*, Invalid: 0, Errors: 0, Skipped: [01]\b/);
      expect(ran.code).toBe(0);
    },
    TOOLS_TIMEOUT_MS,
  );

  it(
    'would be refused with a misspelt field',
    async () => {
      const { stdout } = await helmTemplate({});
      const ran = await conform(stdout.replace('replicas:', 'replicaz:'));
      expect(ran.stdout).toContain('replicaz');
      expect(ran.code).toBe(1);
    },
    TOOLS_TIMEOUT_MS,
  );
});
