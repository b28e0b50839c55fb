import type { Json, JsonObject } from './json.ts';

export interface ErrorEntry {
  readonly message: string;
  /** Name of the object it is about. */
  readonly context: string | null;
  /** The array that it comes from, where an answer speaks for several. */
  readonly location?: JsonObject;
}

/** Refused: the array's state is unchanged. */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: readonly ErrorEntry[];

  constructor(status: number, errors: readonly ErrorEntry[]) {
    super(errors.map(({ message, context }) => (context === null ? message : `${context}: ${message}`)).join(' '));
    this.name = 'ApiError';
    this.status = status;
    this.errors = errors;
  }

  body(): JsonObject {
    return errorBody(this.status, this.errors);
  }
}

/** Nearly every failure is a 400, also "not found". */
export function refuse(message: string, context: string | null = null): ApiError {
  return new ApiError(400, [{ message, context }]);
}

/** 403 and 429 carry a top-level `message` too: the vendor's SDK reads them in the style of an API gateway. */
export function errorBody(status: number, errors: readonly ErrorEntry[]): JsonObject {
  const list: Json = errors.map(({ message, context, location }) =>
    location === undefined ? { message, context } : { message, context, location_context: location },
  );
  return status === 403 || status === 429 ? { errors: list, message: errors[0]?.message ?? '' } : { errors: list };
}

/** Collects refusals of a call that names several objects, so that all are told and none is done. */
export class Refusals {
  readonly #errors: ErrorEntry[] = [];

  /** Runs `check`, keeping what it refuses; undefined then. */
  try<Result>(check: () => Result): Result | undefined {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 400) throw error;
      this.#errors.push(...error.errors);
      return undefined;
    }
  }

  throwIfAny(): void {
    if (this.#errors.length > 0) throw new ApiError(400, this.#errors);
  }
}

/** Validates each name; throws all refusals together. */
export function checkEach<Input, Result>(
  inputs: readonly Input[],
  check: (input: Input, index: number) => Result,
): Result[] {
  const refusals = new Refusals();
  const results: Result[] = [];
  for (const [index, input] of inputs.entries()) {
    refusals.try(() => results.push(check(input, index)));
  }
  refusals.throwIfAny();
  return results;
}
