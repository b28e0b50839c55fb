/** Times of a run, printed as they come and kept for the summary. */
export class Account {
  readonly #started = performance.now();
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  /** A thing that has happened. */
  step(text: string): void {
    this.#print(`${this.seconds.toFixed(1).padStart(7)} s  ${text}`);
  }

  /** Detail below the last step. */
  detail(text: string): void {
    for (const line of text.split('\n')) this.#print(`             ${line}`);
  }
}

/** `fa-1: not chosen because… fa-2: …` one line each: an event's text is one line. */
export function decisionLines(message: string): string {
  return message
    .replace(/ (Runner-up:|No other array fits\.|Refused:)/g, '\n$1')
    .replace(/(?<=\.) (?=[\w.-]+: )/g, '\n         ');
}
