import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** What pure.json needs of an array; a RunningArray or RunningBlade of the simulator fits. */
export interface ArrayAccess {
  readonly endpoint: string;
  readonly apiToken: string;
  readonly caCertificate: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Only a FlashBlade has one. */
  readonly dataAddress?: string;
}

export interface ControllerProcess {
  readonly pid: number;
  /** `unix:///…/csi.sock`. */
  readonly csiEndpoint: string;
  readonly httpPort: number;
  readonly dir: string;
  /** Milliseconds from start to the first good /readyz. */
  readonly readyMs: number;
  /** All that it wrote to stdout and stderr. */
  output(): string;
  writeArrays(arrays: readonly ArrayAccess[]): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, and the socket stays. */
  kill(): Promise<void>;
}

export interface ControllerOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly logLevel?: string;
  /** Nodes prove themselves by CHAP with what is derived from it. */
  readonly chapKey?: string;
  /** Absent: a free one. */
  readonly httpPort?: number;
  /** Program to run instead of the sources, e.g. the bundle. */
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Before the program's name. */
  readonly nodeFlags?: readonly string[];
}

const ROOT = path.resolve(import.meta.dirname, '../..');
/** A busy machine takes its time to start Node; how fast it is on a quiet one is what the bench of overhead tells. */
const START_LIMIT_MS = 60_000;

const entryOf = ({ endpoint, apiToken, caCertificate, labels }: ArrayAccess) => ({
  MgmtEndPoint: endpoint,
  APIToken: apiToken,
  Labels: labels,
  caBundle: caCertificate,
});

const arraysFile = (arrays: readonly ArrayAccess[]): string =>
  JSON.stringify({
    FlashArrays: arrays.filter(({ dataAddress }) => dataAddress === undefined).map(entryOf),
    FlashBlades: arrays
      .filter(({ dataAddress }) => dataAddress !== undefined)
      .map(array => ({ ...entryOf(array), NFSEndPoint: array.dataAddress })),
  });

async function waitReady(port: number, child: ChildProcess, output: () => string): Promise<void> {
  const limit = Date.now() + START_LIMIT_MS;
  while (Date.now() < limit) {
    if (child.exitCode !== null) throw new Error(`The controller exited with ${child.exitCode}:\n${output()}`);
    const isReady = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      answer => answer.ok,
      () => false,
    );
    if (isReady) return;
    await sleep(10);
  }
  throw new Error(`The controller was not ready in ${START_LIMIT_MS} ms:\n${output()}`);
}

/** Starts the real controller as a process of its own, on a socket and a port of its own. */
export async function startController(
  arrays: readonly ArrayAccess[],
  options: ControllerOptions = {},
): Promise<ControllerProcess> {
  const dir = await mkdtemp(path.join(tmpdir(), 'pso-ctl-'));
  const file = (name: string) => path.join(dir, name);
  const settings = { clusterID: 'test', doubtWindowSeconds: 0, ...options.settings };
  await writeFile(file('settings.json'), JSON.stringify(settings));
  await writeFile(file('pure.json'), arraysFile(arrays));
  if (options.chapKey !== undefined) await writeFile(file('chap-key'), options.chapKey);
  const httpPort = options.httpPort ?? (await freePort());
  const csiEndpoint = `unix://${file('csi.sock')}`;
  const args = [
    ...(options.nodeFlags ?? []),
    options.program ?? path.join(ROOT, 'driver/src/main.ts'),
    'controller',
    `--csi-endpoint=${csiEndpoint}`,
    `--arrays=${file('pure.json')}`,
    `--settings=${file('settings.json')}`,
    `--http=127.0.0.1:${httpPort}`,
    `--log-level=${options.logLevel ?? 'info'}`,
    ...(options.chapKey === undefined ? [] : [`--chap-key=${file('chap-key')}`]),
  ];
  const startMs = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
  });
  let text = '';
  const collect = (chunk: Buffer) => void (text += chunk.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return child.exitCode;
  };
  try {
    await waitReady(httpPort, child, () => text);
  } catch (error) {
    await end('SIGKILL');
    await rm(dir, { recursive: true });
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    csiEndpoint,
    httpPort,
    dir,
    readyMs: performance.now() - startMs,
    output: () => text,
    // At once, as the kubelet does it: the driver may read at any moment.
    writeArrays: async next => {
      await writeFile(file('pure.json.new'), arraysFile(next));
      await rename(file('pure.json.new'), file('pure.json'));
    },
    stop: async () => {
      const code = await end('SIGTERM');
      await rm(dir, { recursive: true, force: true });
      return code;
    },
    kill: async () => {
      await end('SIGKILL');
    },
  };
}
