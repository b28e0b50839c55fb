import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Exec } from './exec.ts';

/** Writes each finished program with its time and exit code at level debug. Arguments never hold secrets, by the port's contract. */
export function loggedExec(exec: Exec, logger: Logger, clock: Clock): Exec {
  return {
    run: async (program, args, options) => {
      const startMs = clock.nowMs();
      const result = await exec.run(program, args, options);
      const durationMs = Math.round(clock.nowMs() - startMs);
      logger.debug({ program, args: args.join(' '), code: result.code, durationMs }, 'program ended');
      return result;
    },
  };
}
