import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentClient } from './agent-client.ts';
import { ensureLabArtefacts, type Report } from './artefacts.ts';
import { ControlClient } from './control-client.ts';
import type { ExecResult } from './guest/protocol.ts';
import type { LabArtefacts, InnerConfig } from './inner/config.ts';
import { LabError } from './lab-error.ts';
import { launch } from './launch.ts';
import {
  AGENT_PORT,
  managementAddress,
  parseOptions,
  workerNames,
  type Fabric,
  type GuestName,
  type LabOptions,
} from './options.ts';
import { runProgram, type RunOptions, type RunResult } from './run-program.ts';
import { carriesMark, labPaths, MARK, readRunning, type LabPaths, type RunningLab } from './state.ts';
import { awaitNoProcess } from './sweep.ts';
import { readConfig } from './inner/config.ts';

/** Starts a lab and returns when its nodes are Ready; missing artefacts are built first. */
export async function startLab(options: LabOptions = {}, report: Report = () => undefined): Promise<Lab> {
  const settings = parseOptions(options);
  const artefacts = await ensureLabArtefacts(settings.kernel, report);
  const child = await launch(settings, artefacts);
  const lab = Lab.attach(settings.name);
  try {
    await lab.awaitReady(report);
    return lab;
  } catch (error) {
    if (!settings.detached) child.kill('SIGKILL');
    throw error;
  }
}

/** A running lab, whoever started it. */
export class Lab {
  readonly name: string;
  readonly paths: LabPaths;
  readonly running: RunningLab;
  readonly #config: InnerConfig;
  readonly #control: ControlClient;
  readonly #guests = new Map<GuestName, Guest>();

  private constructor(name: string, paths: LabPaths, running: RunningLab) {
    this.name = name;
    this.paths = paths;
    this.running = running;
    this.#config = readConfig(paths.config);
    this.#control = new ControlClient(paths.controlSocket);
  }

  /** The running lab of that name; an error when there is none. */
  static attach(name: string): Lab {
    const paths = labPaths(name);
    const running = readRunning(paths);
    if (!running) throw new LabError(`Lab ${name} is not up.`, '`npm run lab -- up` starts it.');
    return new Lab(name, paths, running);
  }

  get workers(): readonly GuestName[] {
    return workerNames(this.#config.settings);
  }

  get artefacts(): LabArtefacts {
    return this.#config.artefacts;
  }

  /** kubeconfig of the administrator, for programs on the host. Inside the lab the server is https://127.0.0.1:443. */
  get kubeconfig(): string {
    return this.paths.kubeconfig;
  }

  /** Address on the host's loopback of a forward given at the start, e.g. `apiserver`. */
  forwardAddress(name: string): string {
    const port = this.running.ports[name];
    if (port === undefined) throw new LabError(`Lab ${this.name} has no forward ${name}.`, 'Give it to startLab.');
    return `127.0.0.1:${port}`;
  }

  async awaitReady(report: Report): Promise<void> {
    for (let attempt = 0; !existsSync(this.paths.controlSocket); attempt += 1) {
      if (attempt > 6000 || !readRunning(this.paths)) {
        throw new LabError('The lab ended at its start.', `See ${this.paths.logs}/lab.log.`);
      }
      await sleep(20);
    }
    await this.#control.awaitReady(event => report(`${event.seconds.toFixed(1)} s  ${event.text}`));
  }

  /** kubectl on the host, as administrator. Exit codes are returned, not thrown. */
  kubectl(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return this.#clusterProgram(path.join(this.artefacts.kubernetes, 'kubectl'), args, options);
  }

  helm(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return this.#clusterProgram(path.join(this.artefacts.helm, 'helm'), args, options);
  }

  guest(name: GuestName): Guest {
    let guest = this.#guests.get(name);
    if (!guest) {
      guest = new Guest(name, this.#control);
      this.#guests.set(name, guest);
    }
    return guest;
  }

  /** Cuts a guest off one iSCSI network, as a pulled cable would. */
  async cutPath(guest: GuestName, fabric: Fabric): Promise<void> {
    await this.#control.call({ do: 'set-path', guest, fabric, connected: false });
  }

  async restorePath(guest: GuestName, fabric: Fabric): Promise<void> {
    await this.#control.call({ do: 'set-path', guest, fabric, connected: true });
  }

  /** Runs a program inside the lab's network, mount and pid namespaces to its end. */
  run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return runProgram('nsenter', [...this.#enter(), program, ...args], {
      ...options,
      env: this.#innerEnv(options.env),
    });
  }

  /** The same, for a program that runs on; it ends with this process or with the lab, whichever is first. */
  spawn(program: string, args: readonly string[], stdio: StdioOptions = 'pipe'): ChildProcess {
    const child = ['setpriv', '--pdeathsig', 'KILL', '--', program, ...args];
    return spawn('nsenter', [...this.#enter(), ...child], { stdio, env: { ...process.env, ...this.#innerEnv() } });
  }

  /** Starts a program that belongs to the lab: it lives until it is stopped or the lab ends. Its log is `logs NAME`. */
  async startService(
    name: string,
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.#control.call({ do: 'start-service', name, program, args: [...args], env, cwd: process.cwd() });
  }

  async stopService(name: string, signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT' = 'SIGTERM'): Promise<void> {
    await this.#control.call({ do: 'stop-service', name, signal });
  }

  /** File with everything a service or guest has said. */
  logFile(name: string): string {
    return path.join(this.paths.logs, `${name}.log`);
  }

  async status(): Promise<{ readonly services: readonly string[]; readonly guests: readonly string[] }> {
    return (await this.#control.call({ do: 'status' })) as { services: string[]; guests: string[] };
  }

  /** Loads an OCI archive into a worker's containerd. */
  async importImage(worker: GuestName, archive: string): Promise<void> {
    const file = path.basename(archive);
    const images = path.join(this.paths.share, 'images');
    copyFileSync(archive, path.join(images, file));
    // containerd 1.6 cannot label while it imports; without the label the kubelet's image service does not own the image.
    const command = `set -o pipefail; ctr -n k8s.io images import /lab/images/${file} | sed -n 's/^unpacking \\([^ ]*\\) .*/\\1/p' | while read -r name; do ctr -n k8s.io images label "$name" io.cri-containerd.image=managed; done`;
    const { code, stderr } = await this.guest(worker).run(command, { timeoutMs: 180_000 });
    if (code !== 0) throw new LabError(`${archive} cannot be imported on ${worker}: ${stderr.trim()}.`, '');
  }

  /** TCP address inside the lab as a stream on the host. */
  dial(host: string, port: number): ReturnType<ControlClient['dial']> {
    return this.#control.dial(host, port);
  }

  /** Ends the lab and waits until none of its processes is left. */
  async stop(): Promise<void> {
    for (const guest of this.#guests.values()) await guest.close();
    // Looked at first: a number may belong to another process by now.
    const { launcherPid } = this.running;
    if (carriesMark(launcherPid, this.paths.root)) process.kill(launcherPid, 'SIGKILL');
    const left = await awaitNoProcess(this.paths.root);
    rmSync(this.paths.root, { recursive: true, force: true });
    if (left.length === 0) return;
    const shown = left.map(({ pid, command }) => `${pid} ${command}`).join('; ');
    throw new LabError(`Lab ${this.name} left processes: ${shown}.`, '`npm run lab -- sweep` removes them.');
  }

  #clusterProgram(program: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
    const home = path.join(this.paths.root, 'home');
    const env = { KUBECONFIG: this.kubeconfig, HOME: home, ...options.env };
    return runProgram(program, args, { ...options, env });
  }

  #enter(): readonly string[] {
    const user = this.running.userNamespace ? ['--user', '--preserve-credentials'] : [];
    return ['--target', String(this.running.initPid), ...user, '--mount', '--net', '--pid', `--wdns=${process.cwd()}`];
  }

  #innerEnv(env: Readonly<Record<string, string>> = {}): Record<string, string> {
    const kubeconfig = path.join(this.paths.scratch, 'pki', 'admin.kubeconfig');
    return { [MARK]: this.paths.root, KUBECONFIG: kubeconfig, NODE_OPTIONS: '', ...env };
  }
}

/** One machine of the lab. */
export class Guest {
  readonly name: GuestName;
  readonly agent: AgentClient;
  readonly #control: ControlClient;

  constructor(name: GuestName, control: ControlClient) {
    this.name = name;
    this.#control = control;
    this.agent = new AgentClient(name, () => control.dial(managementAddress(name), AGENT_PORT));
  }

  /** Runs a bash command line as root in the guest: exact exit code, whole output, 124 when the time was up. */
  run(command: string, options: { readonly timeoutMs?: number; readonly stdin?: string } = {}): Promise<ExecResult> {
    const { timeoutMs = 60_000, stdin } = options;
    return this.agent.exec({ command, timeoutMs, ...(stdin === undefined ? {} : { stdin }) });
  }

  /** The same, but any exit code except 0 is an error. */
  async output(command: string, options: { readonly timeoutMs?: number } = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, options);
    if (code === 0) return stdout;
    throw new LabError(`On ${this.name}, \`${command}\` ended with ${code}: ${(stderr || stdout).trim()}.`, '');
  }

  /** Power cut: nothing is flushed. */
  async kill(): Promise<void> {
    await this.#control.call({ do: 'kill-guest', guest: this.name });
    this.agent.reset();
  }

  /** Power on; returns when the guest answers. */
  async start(): Promise<void> {
    await this.#control.call({ do: 'start-guest', guest: this.name });
    let lastError: unknown;
    for (let attempt = 0; attempt < 150; attempt += 1) {
      try {
        await this.agent.exec({ command: 'true', timeoutMs: 5000 });
        return;
      } catch (error) {
        lastError = error;
        await sleep(200);
      }
    }
    throw new LabError(`Guest ${this.name} does not answer after its start.`, '', lastError);
  }

  async close(): Promise<void> {
    await this.agent.close();
  }
}
