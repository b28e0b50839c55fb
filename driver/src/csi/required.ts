import { PsoError } from '../domain/errors.ts';

export const missing = (field: string): PsoError =>
  new PsoError('field-missing', `${field} is missing.`, 'It is required.');

/** CSI's zero means "not named". */
export function optionalBytes(range: { readonly requiredBytes: bigint; readonly limitBytes: bigint } | undefined): {
  readonly requiredBytes: number | null;
  readonly limitBytes: number | null;
} {
  const toNumber = (value: bigint | undefined) => (value === undefined || value === 0n ? null : Number(value));
  return { requiredBytes: toNumber(range?.requiredBytes), limitBytes: toNumber(range?.limitBytes) };
}
