import { ApiError, refuse } from './api-error.ts';
import type { ApiVersion, Operation, Shape } from './api-facts.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject } from './json.ts';
import type { Query } from './query.ts';

export function notFound(path: string): ApiError {
  return new ApiError(404, [{ message: 'Invalid URL.', context: path }]);
}

/** Throws 404 for a resource that the version does not have, 405 for a method that the resource does not have. */
export function operationOf(version: ApiVersion, method: string, resource: string): Operation {
  const operation = version.operations.get(`${method} ${resource}`);
  if (operation !== undefined) return operation;
  const isOtherMethod = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'].some(other =>
    version.operations.has(`${other} ${resource}`),
  );
  throw isOtherMethod ? new ApiError(405, [{ message: 'Method not allowed.', context: method }]) : notFound(resource);
}

export function checkParameters(operation: Operation, query: Query): void {
  for (const name of query.names()) {
    if (!operation.parameters.has(name)) throw refuse('Unknown query parameter.', name);
  }
}

/** Null when the operation takes none, or none was given. */
export function parseBody(operation: Operation, text: string): Json {
  if (text === '' || operation.body === null) return null;
  let body: Json;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    throw refuse('Invalid JSON in request body.');
  }
  const elements: readonly Json[] = operation.bodyIsArray && Array.isArray(body) ? (body as readonly Json[]) : [body];
  for (const element of elements) {
    if (!isObject(element)) throw refuse('Invalid request body.');
    checkBody(operation.body, element);
  }
  return body;
}

function checkBody(shape: Shape, body: JsonObject): void {
  for (const name of Object.keys(body)) {
    const known = shape.properties.get(name);
    if (known === undefined) throw refuse('Unknown property in request body.', name);
    if (!fitsType(known.type, body[name] ?? null))
      throw refuse(`Invalid value for property: ${name}.`, JSON.stringify(body[name]));
  }
}

/** `""` and null unset a value; both pass everywhere. */
function fitsType(type: string, value: Json): boolean {
  if (value === null || value === '' || type === 'any') return true;
  if (type.startsWith('array')) return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}
