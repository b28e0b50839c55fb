import process from 'node:process';

/** Hears of every artefact that is ensured. Names are artefact names, seconds are wall-clock. */
export interface Progress {
  started(name: string, title: string, expectedSeconds: number, logFile: string): void;
  note(name: string, text: string): void;
  finished(name: string, seconds: number): void;
  failed(name: string): void;
}

export const quiet: Progress = {
  started: () => undefined,
  note: () => undefined,
  finished: () => undefined,
  failed: () => undefined,
};

interface Running {
  readonly title: string;
  readonly expectedSeconds: number;
  readonly since: number;
  note: string;
}

const TERMINAL_INTERVAL_MS = 1_000;
const PLAIN_INTERVAL_MS = 15_000;

/** Where lines go; `columns` is missing when it is no terminal. */
export interface LineSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * One line per event, and while something is built one status line: redrawn each second on a terminal,
 * printed each 15 s elsewhere. Close it (`using`), or its timer keeps drawing.
 */
export class LineProgress implements Progress, Disposable {
  private readonly running = new Map<string, Running>();
  private readonly out: LineSink;
  private readonly now: () => number;
  private readonly timer: NodeJS.Timeout;

  constructor(out: LineSink = process.stderr, now: () => number = () => performance.now()) {
    this.out = out;
    this.now = now;
    this.timer = setInterval(() => this.draw(), out.isTTY === true ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS);
    this.timer.unref();
  }

  started(name: string, title: string, expectedSeconds: number, logFile: string): void {
    this.running.set(name, { title, expectedSeconds, since: this.now(), note: '' });
    this.line(`building ${name} (${title}), about ${duration(expectedSeconds)}; log: ${logFile}`);
  }

  note(name: string, text: string): void {
    const entry = this.running.get(name);
    if (entry === undefined) this.line(`${name}: ${text}`);
    else entry.note = text;
  }

  finished(name: string, seconds: number): void {
    this.running.delete(name);
    this.line(`built ${name} in ${duration(seconds)}`);
  }

  failed(name: string): void {
    this.running.delete(name);
    this.line(`failed: ${name}`);
  }

  /** The present state in one line, e.g. `kernel 1 min 10 s, about 4 min left (compiling)`; empty when idle. */
  status(): string {
    return [...this.running].map(([name, entry]) => statusOf(name, entry, this.now())).join(' · ');
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
    this.erase();
  }

  private draw(): void {
    const status = this.status();
    if (status === '') return;
    if (this.out.isTTY === true) this.out.write(`\r\u001b[K${status.slice(0, (this.out.columns ?? 80) - 1)}`);
    else this.line(status);
  }

  private line(text: string): void {
    this.erase();
    this.out.write(`${text}\n`);
  }

  private erase(): void {
    if (this.out.isTTY === true) this.out.write('\r\u001b[K');
  }
}

function statusOf(name: string, { since, expectedSeconds, note }: Running, now: number): string {
  const elapsed = (now - since) / 1000;
  const left = expectedSeconds - elapsed;
  const rest = left > 0 ? `about ${duration(left)} left` : 'longer than expected';
  return `${name} ${duration(elapsed)}, ${rest}${note === '' ? '' : ` (${note})`}`;
}

/** `42 s`, `3 min 5 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  return minutes === 0 ? `${whole} s` : `${minutes} min ${whole % 60} s`;
}
