import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { run, toTerminal, type Write } from './command.ts';
import type { LayerResult } from './layer-result.ts';

const jestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});
type JestReport = z.infer<typeof jestReport>;

/** Runs one jest project with the pinned Node; a file that can't even be loaded counts as one failed case. */
export async function runJestLayer(
  layer: string,
  extra: readonly string[] = [],
  write: Write = toTerminal,
): Promise<LayerResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pso-jest-'));
  const started = performance.now();
  try {
    const outputFile = path.join(folder, 'report.json');
    const jest = [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
    ];
    const flags = ['--selectProjects', layer, '--json', '--outputFile', outputFile, ...extra];
    const { code } = await run(process.execPath, [...jest, ...flags], { env: { NODE_OPTIONS: '' }, write });
    const parsed = await readFile(outputFile, 'utf8').then(text => jestReport.parse(JSON.parse(text)));
    return { layer, ...countCases(parsed, code), seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const seconds = (performance.now() - started) / 1000;
    return { layer, passed: 0, failed: 1, skipped: 0, remarks: [`jest left no report: ${reason}`], seconds };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function countCases(parsed: JestReport, exitCode: number): Omit<LayerResult, 'layer' | 'seconds'> {
  const broken = parsed.testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0);
  const failures = parsed.testResults.flatMap(file =>
    file.assertionResults.filter(c => c.status === 'failed').map(c => c.fullName),
  );
  let failed = parsed.numFailedTests + broken.length;
  const remarks = [...failures, ...broken.map(file => `could not run ${path.basename(file.name)}`)];
  if (exitCode !== 0 && failed === 0) {
    failed = 1;
    remarks.push(`jest ended with exit code ${String(exitCode)} though no case failed`);
  }
  return {
    passed: parsed.numPassedTests,
    failed,
    skipped: parsed.numPendingTests + parsed.numTodoTests,
    remarks: remarks.slice(0, 20),
  };
}
