import { PsoError } from '../domain/errors.ts';
import type { Exec, ExecResult } from './exec.ts';

export interface ToolCall {
  readonly timeoutMs: number;
  /** What to look at when the tool fails. */
  readonly nextStep: string;
  /** Exit codes that are fine; `[0]` when left out. */
  readonly accept?: readonly number[];
}

const firstLine = (result: ExecResult): string =>
  (result.stderr.trim() || result.stdout.trim()).split('\n', 1)[0]?.slice(0, 300) ?? '';

/** Runs a tool and turns an unexpected exit code into a PsoError that names program, code and its first line of output. */
export async function runTool(
  exec: Exec,
  program: string,
  args: readonly string[],
  call: ToolCall,
): Promise<ExecResult> {
  const result = await exec.run(program, args, { timeoutMs: call.timeoutMs });
  if ((call.accept ?? [0]).includes(result.code)) return result;
  throw new PsoError(
    'tool-failed',
    `${program} ${args.join(' ')} failed with exit code ${result.code}: ${firstLine(result)}.`,
    call.nextStep,
    { finality: 'in-doubt' },
  );
}
