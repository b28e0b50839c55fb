import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensure } from '../../tools/ensure.ts';
import { prometheusTools } from '../../tools/go-tools.ts';
import { freePort } from '../../support/free-port.ts';
import { eventually } from '../../support/eventually.ts';

export interface Target {
  /** `host:port`. */
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Alert {
  readonly name: string;
  readonly state: 'pending' | 'firing';
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Of one series over time. */
export interface Samples {
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds and value. */
  readonly points: readonly (readonly [number, number])[];
}

/** A real Prometheus of one test. */
export interface Prometheus {
  alerts(): Promise<readonly Alert[]>;
  /** Instant query; throws what Prometheus says against the expression. */
  query(expression: string): Promise<readonly Sample[]>;
  /** The same over a time, in a hundred steps or so. */
  queryRange(
    expression: string,
    range: { readonly fromMs: number; readonly toMs: number },
  ): Promise<readonly Samples[]>;
  /** Targets that were read last time. */
  healthyTargets(): Promise<number>;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;

interface Answer<Data> {
  readonly status: string;
  readonly error?: string;
  readonly data: Data;
}

const configuration = (targets: readonly Target[]): string =>
  JSON.stringify({
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yaml'],
    scrape_configs: [
      {
        job_name: 'pure-pso',
        honor_labels: true,
        static_configs: targets.map(({ address, labels }) => ({ targets: [address], labels })),
      },
    ],
  });

/** Reads the targets each second and judges the rules as often. */
export async function startPrometheus(targets: readonly Target[], rules: string): Promise<Prometheus> {
  const program = path.join(await ensure(prometheusTools), 'prometheus');
  const dir = await mkdtemp(path.join(tmpdir(), 'pso-prometheus-'));
  await writeFile(path.join(dir, 'prometheus.yml'), configuration(targets));
  await writeFile(path.join(dir, 'rules.yaml'), rules);
  const address = `127.0.0.1:${await freePort()}`;
  const args = [
    `--config.file=${path.join(dir, 'prometheus.yml')}`,
    `--storage.tsdb.path=${path.join(dir, 'data')}`,
    `--web.listen-address=${address}`,
    '--log.level=warn',
  ];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(dir, { recursive: true, force: true });
  };
  const get = async <Data>(where: string): Promise<Data> => {
    const answer = (await (await fetch(`http://${address}/api/v1/${where}`)).json()) as Answer<Data>;
    if (answer.status !== 'success') throw new Error(`${where}: ${answer.error ?? answer.status}`);
    return answer.data;
  };
  try {
    await eventually('Prometheus answers', START_LIMIT_MS, async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus ended: ${output}`);
      return (await fetch(`http://${address}/-/ready`)).ok;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    stop,
    alerts: async () => {
      const { alerts } = await get<{ alerts: RawAlert[] }>('alerts');
      return alerts.map(({ labels, state, annotations }) => ({
        name: labels.alertname ?? '',
        state,
        labels,
        summary: annotations.summary ?? '',
      }));
    },
    query: async expression => {
      const { result } = await get<{ result: RawSample[] }>(`query?query=${encodeURIComponent(expression)}`);
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    queryRange: async (expression, { fromMs, toMs }) => {
      const [start, end] = [Math.floor(fromMs / 1000), Math.floor(toMs / 1000)];
      const parameters = { query: expression, start, end, step: Math.max(1, Math.round((end - start) / 100)) };
      const text = Object.entries(parameters).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
      const { result } = await get<{ result: RawSamples[] }>(`query_range?${text.join('&')}`);
      return result.map(({ metric, values }) => ({
        labels: metric,
        points: values.map(([seconds, value]) => [seconds * 1000, Number(value)] as const),
      }));
    },
    healthyTargets: async () => {
      const { activeTargets } = await get<{ activeTargets: { health: string }[] }>('targets?state=active');
      return activeTargets.filter(({ health }) => health === 'up').length;
    },
  };
}

interface RawAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: Alert['state'];
}
interface RawSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}
interface RawSamples {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}
