const INT = /^([-+]?)(?:0b([01_]+)|0x([\da-f_]+)|0o?([0-7_]+)|(0|[1-9][\d_]*))$/i;
const BASES = [2, 16, 8, 10] as const;

/**
 * As Helm's parser reads whole numbers: a zero in front means octal, as file modes are written. The dashboard's parser
 * reads that as decimal from its version 4 on. Null: it is no whole number.
 */
export function readYamlInt(text: string): number | null {
  const [, sign, ...parts]: readonly (string | undefined)[] = INT.exec(text) ?? [];
  const index = parts.findIndex(part => part !== undefined);
  const base = BASES[index];
  const digits = (parts[index] ?? '').replaceAll('_', '');
  if (base === undefined || digits === '') return null;
  const number = Number.parseInt(digits, base);
  return sign === '-' ? -number : number;
}
