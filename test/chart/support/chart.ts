import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { ensure } from '../../tools/ensure.ts';
import { helmTools } from '../../tools/go-tools.ts';

export const CHART = path.resolve(import.meta.dirname, '../../../charts/pure-pso');
const KUBE_VERSION = '1.36.3';
const SNAPSHOT_API = 'snapshot.storage.k8s.io/v1';

/** Tools are built at the first use, which takes minutes on a fresh machine. */
export const TOOLS_TIMEOUT_MS = 900_000;

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(program: string, args: readonly string[], stdin = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', code => resolve({ code, stdout, stderr }));
    child.stdin.end(stdin);
  });
}

/** helm, with its exit code; values are JSON, which is YAML. */
export async function helmTemplate(values: unknown, apis: readonly string[] = [SNAPSHOT_API]): Promise<Ran> {
  const helm = path.join(await ensure(helmTools), 'helm');
  const flags = [
    '--namespace',
    'storage',
    '--kube-version',
    KUBE_VERSION,
    ...apis.flatMap(api => ['--api-versions', api]),
  ];
  return run(helm, ['template', 'pure-pso', CHART, ...flags, '--values', '-'], JSON.stringify(values));
}

/** All objects that the chart makes of these values. */
export async function render(values: unknown, apis?: readonly string[]): Promise<readonly KubeObject[]> {
  const { code, stdout, stderr } = await helmTemplate(values, apis);
  if (code !== 0) throw new Error(`helm template failed: ${stderr}`);
  return objectsIn(stdout);
}

export const objectsIn = (manifests: string): readonly KubeObject[] =>
  parseAllDocuments(manifests)
    .map(document => document.toJS() as KubeObject | null)
    .filter(object => object !== null);

export function find(objects: readonly KubeObject[], kind: string, name: string): KubeObject {
  const found = objects.find(object => object.kind === kind && object.metadata.name === name);
  if (!found) throw new Error(`No ${kind} ${name}.`);
  return found;
}

export const fixture = (name: string): unknown =>
  parse(readFileSync(path.join(import.meta.dirname, '../values', `${name}.yaml`), 'utf8'));
