/** The driver's sentence about a placement in its parts. */
export interface ExplanationParts {
  /** What was chosen, or that nothing fits. */
  readonly outcome: string;
  /** Empty: none was told. */
  readonly runnerUp: string;
  readonly refusals: readonly { readonly array: string; readonly reason: string }[];
}

const RUNNER_UP =
  /^(?<outcome>.+?\.) (?:Runner-up: (?<runnerUp>.+?)\.|No other array fits\.)(?: Refused: (?<refused>.+))?$/su;
const NONE_FITS = /^(?<outcome>No array fits [^.]+(?:\.\d+ [^.]+)?\.) (?<refused>.+)$/su;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);

/** At the names of arrays: nothing else in the sentence marks where the next one begins. */
function refusalsIn(text: string, arrays: readonly string[]): ExplanationParts['refusals'] {
  const names = arrays.filter(name => name !== '').sort((a, b) => b.length - a.length);
  if (names.length === 0) return [];
  const start = new RegExp(String.raw`(?:^|(?<=[.…)] ))(${names.map(escaped).join('|')}): `, 'gu');
  const found = [...text.matchAll(start)];
  if (found[0]?.index !== 0) return [];
  return found.map((match, index) => ({
    array: match[1] ?? '',
    reason: text.slice(match.index + match[0].length, found[index + 1]?.index).trim(),
  }));
}

/** Null: it is not written as the driver of today writes it, so it is shown as it is. */
export function explanationParts(sentence: string, arrays: readonly string[]): ExplanationParts | null {
  const { outcome, runnerUp = '', refused = '' } = (RUNNER_UP.exec(sentence) ?? NONE_FITS.exec(sentence))?.groups ?? {};
  if (outcome === undefined) return null;
  const refusals = refused === '' ? [] : refusalsIn(refused, arrays);
  return refused !== '' && refusals.length === 0 ? null : { outcome, runnerUp, refusals };
}
