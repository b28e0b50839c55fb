const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50,
}; // prettier-ignore
const QUANTITY = /^(\d{1,15}(?:\.\d{1,6})?)\s*([kMGTP]?i?)B?$/;

/** Kubernetes' `15Gi`, `1.5Ti`, `500M` in bytes, as a class or a claim writes it; null for anything else, 0 included. */
export function parseSize(text: string): number | null {
  const [, amount = '', unit = ''] = QUANTITY.exec(text.trim()) ?? [];
  const factor = FACTORS[unit];
  const bytes = factor === undefined ? 0 : Math.round(Number(amount) * factor);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null;
}
