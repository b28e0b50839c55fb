export type Json = Readonly<Record<string, unknown>>;

/** Fields of the API server's answers; what is of another type counts as absent. */
export const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
export const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
export const asList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];

export const nameOf = (object: Json): string => asText(asObject(object.metadata).name);
