import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ensure } from '../tools/ensure.ts';
import { grpcLoad } from '../tools/go-tools.ts';

const run = promisify(execFile);
const PROTO_DIR = path.resolve(import.meta.dirname, '../../driver/proto');
const MAX_REPORT_BYTES = 256 * 1024 * 1024;
const NS_PER_MS = 1e6;

export interface GrpcLoadOptions {
  /** `unix:///…`. */
  readonly endpoint: string;
  /** `csi.v1.Controller/CreateVolume`. */
  readonly method: string;
  /** Proto JSON; `{{.UUID}}` is another one in each call. */
  readonly request: unknown;
  readonly inFlight: number;
  readonly connections: number;
  /** How many calls, or for how long. */
  readonly extent: { readonly calls: number } | { readonly seconds: number };
  /** Core that it may use. */
  readonly core: number;
}

export interface GrpcLoadResult {
  readonly calls: number;
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
}

interface GhzReport {
  readonly count: number;
  readonly rps: number;
  readonly statusCodeDistribution: Readonly<Record<string, number>>;
  readonly details: readonly { readonly latency: number }[];
}

/** Where the load generator is; builds it when it is missing. */
export const grpcLoadProgram = async (): Promise<string> => path.join(await ensure(grpcLoad), 'ghz');

/** Calls from Go, as the sidecars are: a client in JavaScript would cost more than the server that is measured. */
export async function runGrpcLoad(program: string, options: GrpcLoadOptions): Promise<GrpcLoadResult> {
  const { endpoint, method, request, inFlight, connections, extent, core } = options;
  const { stdout } = await run(
    'taskset',
    [
      '-c', String(core), program, '--insecure', '--format', 'json', '--proto', path.join(PROTO_DIR, 'csi.proto'),
      '--import-paths', PROTO_DIR, '--call', method, '--data', JSON.stringify(request), '--concurrency', String(inFlight),
      '--connections', String(connections),
      ...('calls' in extent
        ? ['--total', String(extent.calls)]
        : ['--duration', `${extent.seconds}s`, '--duration-stop', 'wait', '--total', '0']),
      endpoint.replace('unix://', 'unix:'),
    ],
    { maxBuffer: MAX_REPORT_BYTES, env: { ...process.env, GOMAXPROCS: '1' } },
  ); // prettier-ignore
  const report = JSON.parse(stdout) as GhzReport;
  const failed = Object.entries(report.statusCodeDistribution).filter(([code]) => code !== 'OK');
  if (failed.length > 0) throw new Error(`${method}: ${failed.map(([code, count]) => `${count} ${code}`).join(', ')}`);
  return {
    calls: report.count,
    perSecond: report.rps,
    latenciesMs: report.details.map(({ latency }) => latency / NS_PER_MS),
  };
}
