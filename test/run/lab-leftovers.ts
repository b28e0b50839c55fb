import { setTimeout as sleep } from 'node:timers/promises';
import { leftovers, sweep } from '../lab/sweep.ts';
import type { LayerResult } from './layer-result.ts';

/** A lab that has just ended frees its hundred processes within seconds. */
const PATIENCE_MS = 20_000;

/** One more case of a layer that uses the lab: no process of a lab that is over is left. Folders of such labs are removed. */
export async function withoutLeftovers(layer: Promise<LayerResult>): Promise<LayerResult> {
  const result = await layer;
  const end = performance.now() + PATIENCE_MS;
  while (leftovers().processes.length > 0 && performance.now() < end) await sleep(500);
  const { processes } = await sweep();
  const [first] = processes;
  if (first === undefined) return { ...result, passed: result.passed + 1 };
  const remark = `${processes.length} processes of the lab were left, e.g. ${first.pid} ${first.command}`;
  return { ...result, failed: result.failed + 1, remarks: [...result.remarks, remark] };
}
