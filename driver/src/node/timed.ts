import type { Clock } from '../lib/clock.ts';

/** Told when a step ended, well or not. */
export type StepObserver = (step: string, isDone: boolean, seconds: number) => void;

/** Names of methods that return promises. */
type AsyncMethod<Part> = {
  [Name in keyof Part]: Part[Name] extends (...args: never[]) => Promise<unknown> ? Name : never;
}[keyof Part];

export type Steps<Part> = Readonly<Partial<Record<AsyncMethod<Part>, string>>>;

/** The same part, whose named methods report how long they took. Others are untouched. */
export function timed<Part extends object>(part: Part, steps: Steps<Part>, clock: Clock, observe: StepObserver): Part {
  const names = new Map<string | symbol, string>(
    Object.entries<string | undefined>(steps).flatMap(([method, step]) => (step === undefined ? [] : [[method, step]])),
  );
  const get = (_target: Part, name: string | symbol): unknown => {
    const value: unknown = Reflect.get(part, name, part);
    if (typeof value !== 'function') return value;
    const call = (...args: unknown[]): unknown => Reflect.apply(value, part, args);
    const step = names.get(name);
    return step === undefined ? call : (...args: unknown[]) => timedCall(() => call(...args), step, clock, observe);
  };
  return new Proxy(part, { get });
}

async function timedCall(call: () => unknown, step: string, clock: Clock, observe: StepObserver): Promise<unknown> {
  const startMs = clock.nowMs();
  const report = (isDone: boolean) => observe(step, isDone, (clock.nowMs() - startMs) / 1000);
  try {
    const result = await call();
    report(true);
    return result;
  } catch (error) {
    report(false);
    throw error;
  }
}
