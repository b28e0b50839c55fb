import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProgram } from '../lab/run-program.ts';
import { startFleet } from '../simulator/fleet.ts';
import { valuesFor } from '../simulator/values.ts';
import { parse } from 'yaml';
import type { Account } from './account.ts';

const DRIVER = path.resolve(import.meta.dirname, '../../driver/src/main.ts');

export interface Rehearsal {
  /** May be called more than once. */
  close(): Promise<void>;
}

/**
 * While kernels and clusters are still being made, the simulated fleet is up already on this machine's loopback, and a
 * dry run of placement on it shows what the product does.
 */
export async function rehearse(scenario: string, account: Account): Promise<Rehearsal> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pure-pso-rehearsal-'));
  const fleet = await startFleet(scenario);
  const arraysFile = path.join(folder, 'pure.json');
  const { arrays } = parse(valuesFor(fleet)) as { arrays: unknown };
  await writeFile(arraysFile, JSON.stringify(arrays), { mode: 0o600 });
  account.step(
    `simulated fleet of ${fleet.arrays.length + fleet.blades.length} arrays is up on loopback; where would 15 GiB for env=dev go?`,
  );
  const dryRun = ['place', `--arrays=${arraysFile}`, '--size=15Gi', '--array-selector=env=dev'];
  const { stdout, stderr } = await runProgram(process.execPath, [DRIVER, ...dryRun]);
  account.detail((stdout || stderr).trimEnd());
  account.detail(`Try others: npm run place -- --arrays=${arraysFile} --size=2Ti --array-selector='site=cloud'`);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await fleet.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { close: () => (closing ??= close()) };
}
