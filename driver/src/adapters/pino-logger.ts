import { destination, pino } from 'pino';
import type { Logger } from '../lib/logger.ts';

export type PinoLevel = 'debug' | 'info' | 'warn' | 'error';

/** One JSON line an entry on stdout, collected for some milliseconds: the hot path does not wait for a pipe. */
export function pinoLogger(level: PinoLevel, part: string): { logger: Logger; flush: () => void } {
  const stream = destination({ fd: 1, minLength: 4096, sync: true, periodicFlush: 200 });
  const log = pino({ level, base: { part }, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  return {
    logger: {
      debug: (fields, message) => log.debug(fields, message),
      info: (fields, message) => log.info(fields, message),
      warn: (fields, message) => log.warn(fields, message),
      error: (fields, message) => {
        log.error(fields, message);
        stream.flushSync();
      },
    },
    flush: () => stream.flushSync(),
  };
}
