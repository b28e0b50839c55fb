import { parseArgs } from 'node:util';
import type { BackendType } from './domain/array.ts';
import { GiB, MiB, TiB } from './domain/bytes.ts';
import { PsoError } from './domain/errors.ts';

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

interface CommonOptions {
  /** `unix:///path/csi.sock` or `ip:port`. */
  readonly csiEndpoint: string;
  /** `host:port` of /healthz, /readyz and /metrics. */
  readonly http: string;
  readonly settingsFile: string;
  /** Null: what the settings file says. */
  readonly logLevel: LogLevel | null;
  /** Null: no CHAP. */
  readonly chapKeyFile: string | null;
}

export interface ControllerOptions extends CommonOptions {
  readonly role: 'controller';
  readonly arraysFile: string;
  /** `host:port` of what only answers questions; null: not served. */
  readonly preview: string | null;
  /** `host:port` of what looks at arrays that are not configured yet; null: not served. */
  readonly arrayCheck: string | null;
}

export interface NodeOptions extends CommonOptions {
  readonly role: 'node';
  readonly kubeletDir: string;
  readonly nodeName: string;
}

/** A dry run: nothing is made. */
export interface PlaceOptions {
  readonly role: 'place';
  readonly arraysFile: string;
  readonly sizeBytes: number;
  readonly arraySelector: string;
  readonly backend: BackendType;
}

export type Options = ControllerOptions | NodeOptions | PlaceOptions | { readonly role: 'help' };

export const HELP = `pure-pso: a CSI driver for a fleet of FlashArrays, FlashBlades and Cloud Block Stores

  controller  --csi-endpoint=unix:///csi/csi.sock --arrays=FILE --settings=FILE [--http=0.0.0.0:9898]
              [--preview=0.0.0.0:9897] [--array-check=0.0.0.0:9896]
  node        --csi-endpoint=unix:///DIR/csi.sock --node-name=NAME [--kubelet-dir=/var/lib/kubelet]
              --settings=FILE [--http=0.0.0.0:9899]
  place       --arrays=FILE --size=15Gi [--array-selector='env=dev,tier in (gold,silver)'] [--backend=block|file]
              where a volume would go now, and why; nothing is made

  --csi-endpoint  where gRPC is served
  --arrays        pure.json: {"FlashArrays":[{"MgmtEndPoint":…,"APIToken":…}],"FlashBlades":[]}; reloaded when it changes
  --settings      settings.json, written by the chart
  --http          address of /healthz, /readyz, /metrics
  --preview       address of /v1/placement, which tells where claims would go; without it there is none
  --array-check   address of /v1/array, which tells what an array is before it is configured; without it there is none
  --chap-key      file with the key from which each node's CHAP secret at each array is derived; without it there is none
  --log-level     ${LOG_LEVELS.join(' | ')}
`;

const COMMON = ['csi-endpoint', 'settings', 'http', 'log-level', 'chap-key'];
const FLAGS = {
  controller: [...COMMON, 'arrays', 'preview', 'array-check'],
  node: [...COMMON, 'kubelet-dir', 'node-name'],
  place: ['arrays', 'size', 'array-selector', 'backend'],
} as const;

const usage = (message: string): PsoError => new PsoError('option-invalid', message, 'See --help.');

type Values = Readonly<Record<string, string | undefined>>;

function parseFlags(role: keyof typeof FLAGS, args: readonly string[]): Values {
  try {
    const options = Object.fromEntries(FLAGS[role].map(flag => [flag, { type: 'string' } as const]));
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    // node:util adds advice on `--` in a second sentence, which does not fit here.
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw usage(`${first.replace(/\.$/, '')}.`);
  }
}

function required(values: Values, flag: string): string {
  const value = values[flag];
  if (value === undefined || value === '') throw usage(`--${flag} is missing.`);
  return value;
}

function logLevel(values: Values): LogLevel | null {
  const value = values['log-level'];
  if (value === undefined) return null;
  const level = LOG_LEVELS.find(known => known === value);
  if (level) return level;
  throw usage(`--log-level=${value} is none of ${LOG_LEVELS.join(', ')}.`);
}

function address(values: Values, flag: 'http' | 'preview' | 'array-check', fallback: string): string {
  const value = values[flag] ?? fallback;
  if (/^(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}$/.test(value)) return value;
  throw usage(`--${flag}=${value} is not an address like 0.0.0.0:9898.`);
}

const optionalAddress = (values: Values, flag: 'preview' | 'array-check'): string | null =>
  values[flag] === undefined ? null : address(values, flag, '');

const UNITS: Readonly<Record<string, number>> = { Mi: MiB, Gi: GiB, Ti: TiB };

function backendType({ backend = 'block' }: Values): BackendType {
  if (backend === 'block' || backend === 'file') return backend;
  throw usage(`--backend=${backend} is neither block nor file.`);
}

function placeOptions(args: readonly string[]): PlaceOptions {
  const values = parseFlags('place', args);
  const text = required(values, 'size');
  const [, amount = '', unit = ''] = /^(\d{1,7})(Mi|Gi|Ti)$/.exec(text) ?? [];
  if (unit === '') throw usage(`--size=${text} is not a size like 15Gi.`);
  const sizeBytes = Number(amount) * (UNITS[unit] ?? 0);
  return {
    role: 'place',
    arraysFile: required(values, 'arrays'),
    sizeBytes,
    arraySelector: values['array-selector'] ?? '',
    backend: backendType(values),
  };
}

/** Throws a PsoError of one sentence for anything that the help does not name. */
export function parseCommandLine(args: readonly string[]): Options {
  const [role, ...rest] = args;
  if (args.includes('--help') || args.includes('-h') || role === 'help') return { role: 'help' };
  if (role === 'place') return placeOptions(rest);
  if (role !== 'controller' && role !== 'node') {
    throw usage(role === undefined ? 'Say what to run: controller, node or place.' : `Unknown part "${role}".`);
  }
  const values = parseFlags(role, rest);
  const common = {
    csiEndpoint: required(values, 'csi-endpoint'),
    settingsFile: required(values, 'settings'),
    logLevel: logLevel(values),
    chapKeyFile: values['chap-key'] ?? null,
  };
  return role === 'controller'
    ? {
        role,
        ...common,
        http: address(values, 'http', '0.0.0.0:9898'),
        preview: optionalAddress(values, 'preview'),
        arrayCheck: optionalAddress(values, 'array-check'),
        arraysFile: required(values, 'arrays'),
      }
    : {
        role,
        ...common,
        http: address(values, 'http', '0.0.0.0:9899'),
        kubeletDir: values['kubelet-dir'] ?? '/var/lib/kubelet',
        nodeName: required(values, 'node-name'),
      };
}
