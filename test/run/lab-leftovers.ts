import { setTimeout as sleep } from 'node:timers/promises';
import { panicsSince } from '../lab/panics.ts';
import { leftovers, sweep } from '../lab/sweep.ts';
import type { LayerResult } from './layer-result.ts';

/** A lab that has just ended frees its hundred processes within seconds. */
const PATIENCE_MS = 20_000;

/**
 * Two more cases of a layer that uses the lab: no process of a lab that is over is left, and no guest's kernel has
 * panicked. Folders of labs that are over are removed.
 */
export async function withoutLeftovers(layer: () => Promise<LayerResult>): Promise<LayerResult> {
  const started = Date.now();
  const result = await layer();
  const end = performance.now() + PATIENCE_MS;
  let { processes } = leftovers();
  while (processes.length > 0 && performance.now() < end) {
    await sleep(500);
    ({ processes } = leftovers());
  }
  await sweep();
  const [first] = processes;
  const left =
    first === undefined
      ? undefined
      : `${processes.length} processes of the lab were left, e.g. ${first.pid} ${first.command}`;
  const [panic] = panicsSince(started);
  const faults = [left, panic && `a guest went down, ${panic}`].filter(fault => fault !== undefined);
  return {
    ...result,
    passed: result.passed + 2 - faults.length,
    failed: result.failed + faults.length,
    remarks: [...result.remarks, ...faults],
  };
}
