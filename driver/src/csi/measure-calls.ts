import { PsoError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Interceptor } from './grpc-service.ts';

export type CallObserver = (method: string, code: string, seconds: number) => void;

/** Tells each call's method, outcome (`ok` or an error code) and time. */
export function measureCalls(clock: Clock, observe: CallObserver): Interceptor {
  return async (method, _request, _call, next) => {
    const startMs = clock.nowMs();
    const done = (code: string) => observe(method.name, code, (clock.nowMs() - startMs) / 1000);
    try {
      const response = await next();
      done('ok');
      return response;
    } catch (error) {
      done(PsoError.from(error).code);
      throw error;
    }
  };
}
