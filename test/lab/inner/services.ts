import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import path from 'node:path';
import { LabError } from '../lab-error.ts';

export interface ServiceSpec {
  /** Also the log's name, without `.log`. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

interface Service {
  readonly pid: number;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

/** Long-running programs of the lab, each in a process group of its own with a log file. Nothing outlives the namespaces. */
export class Services {
  readonly #logs: string;
  readonly #running = new Map<string, Service>();

  constructor(logs: string) {
    this.#logs = logs;
  }

  start({ name, program, args, env, cwd }: ServiceSpec): void {
    if (this.#running.has(name)) throw new LabError(`Service ${name} runs already.`, 'Stop it first.');
    const log = openSync(path.join(this.#logs, `${name}.log`), 'a');
    const child = spawn(program, args, {
      stdio: ['ignore', log, log],
      detached: true,
      env: { ...process.env, ...env },
      cwd,
    });
    const ended = new Promise<void>(resolve => {
      const end = (): void => {
        this.#running.delete(name);
        resolve();
      };
      child.on('exit', end).on('error', end);
    });
    if (child.pid === undefined) throw new LabError(`Service ${name}: ${program} cannot be started.`, 'Is it there?');
    this.#running.set(name, { pid: child.pid, ended });
  }

  /** Sends the signal to the service's whole process group and waits for the end; nothing to do when it does not run. */
  async stop(name: string, signal: NodeJS.Signals): Promise<void> {
    const service = this.#running.get(name);
    if (!service) return;
    process.kill(-service.pid, signal);
    await service.ended;
  }

  names(): readonly string[] {
    return [...this.#running.keys()];
  }

  isRunning(name: string): boolean {
    return this.#running.has(name);
  }
}
