const FACTORS: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Kubernetes' `10Gi`, `1500M`, `1e9` as a number; 0 for what is no quantity. */
export function parseQuantity(text: string): number {
  const groups = /^(?<number>[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)(?<unit>[A-Za-z]{0,2})$/.exec(text)?.groups;
  const factor = FACTORS[groups?.unit ?? ''];
  return groups?.number === undefined || factor === undefined ? 0 : Number(groups.number) * factor;
}
