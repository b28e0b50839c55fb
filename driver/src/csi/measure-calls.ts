import type { CallObserver } from './grpc-service.ts';

export type CallMeasure = (method: string, code: string, seconds: number) => void;

/** Tells each call's method, outcome (`ok` or an error code) and time. */
export const measureCalls = (measure: CallMeasure): CallObserver => ({
  answered: ({ method, error, durationMs }) => measure(method.name, error?.code ?? 'ok', durationMs / 1000),
});
