import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';

const END = '__end__';

interface Waiting {
  readonly command: string;
  readonly lines: string[];
  readonly resolve: (output: string) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One bash that stays and runs commands in turn. In a User Mode Linux guest a fork costs what the process weighs:
 * from Node ten times as much as from bash.
 */
export class Shell {
  readonly #bash: ChildProcessWithoutNullStreams = spawn('/bin/bash', ['--norc']);
  readonly #waiting: Waiting[] = [];

  constructor() {
    createInterface({ input: this.#bash.stdout }).on('line', line => this.#read(line));
    this.#bash.stderr.resume();
    this.#bash.on('exit', () => {
      for (const { command, reject } of this.#waiting.splice(0)) reject(new Error(`bash ended before: ${command}`));
    });
  }

  /** The command's output, standard error included; any exit code except 0 is an error that carries it. */
  run(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ command, lines: [], resolve, reject });
      this.#bash.stdin.write(`{ ${command}; } 2>&1 </dev/null; code=$?; echo; echo "${END} $code"\n`);
    });
  }

  #read(line: string): void {
    const [current] = this.#waiting;
    if (!current) return;
    if (!line.startsWith(END)) {
      current.lines.push(line);
      return;
    }
    this.#waiting.shift();
    const output = current.lines.join('\n').trim();
    if (line === `${END} 0`) current.resolve(output);
    else current.reject(new Error(`${current.command} failed: ${output}`));
  }
}
