import { describe, expect, it } from '@jest/globals';
import path from 'node:path';
import { ensure } from '../tools/ensure.ts';
import { helmTools, helmUnittest } from '../tools/go-tools.ts';
import { CHART, fixture, helmTemplate, run, TOOLS_TIMEOUT_MS } from './support/chart.ts';
import { conform } from './support/conform.ts';

const helmTool = async (name: string): Promise<string> => path.join(await ensure(helmTools), name);

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
      expect(await conform(stdout)).toEqual([]);
    },
    TOOLS_TIMEOUT_MS,
  );

  it(
    'would be refused with a misspelt field',
    async () => {
      const { stdout } = await helmTemplate({});
      const [complaint] = await conform(stdout.replace('replicas:', 'replicaz:'));
      expect(complaint).toContain('replicaz');
    },
    TOOLS_TIMEOUT_MS,
  );
});
