import { GiB, KiB, MiB } from '../domain/bytes.ts';
import { PsoError } from '../domain/errors.ts';
import type { QosLimits } from '../domain/volume.ts';

type Parameters = Readonly<Record<string, string>>;

/** What a class (and the provisioner) may say about a new volume. */
export interface ClassParameters {
  readonly qos: Partial<QosLimits>;
  /** Text of the label selector; empty: every array. */
  readonly arraySelector: string;
  readonly createOptions: string;
  /** From the provisioner's `--extra-create-metadata`; null when absent. */
  readonly claim: { readonly namespace: string; readonly name: string } | null;
  readonly volumeName: string | null;
}

const METADATA = 'csi.storage.k8s.io/';
const KNOWN = [
  'backend',
  'iops_limit',
  'bandwidth_limit',
  'arraySelector',
  'createoptions',
  'csi.storage.k8s.io/fstype',
];
const ALIASES: Readonly<Record<string, string>> = { max_iops: 'iops_limit', max_bandwidth: 'bandwidth_limit' };
const MUTABLE = ['iops_limit', 'bandwidth_limit'];

const MIN_IOPS = 100;
const MAX_IOPS = 100_000_000;
const MIN_BANDWIDTH = MiB;
const MAX_BANDWIDTH = 512 * GiB;
const UNITS: Readonly<Record<string, number>> = { '': 1, K: KiB, M: MiB, G: GiB };

const invalid = (field: string, value: string, rule: string, nextStep = 'Correct it in the class.'): PsoError =>
  new PsoError('parameter-invalid', `Parameter ${field}="${value.slice(0, 100)}" ${rule}.`, nextStep);

/** Refuses unknown names and returns the map with aliases resolved. */
function normalize(parameters: Parameters, known: readonly string[]): Readonly<Record<string, string>> {
  const result: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [given, value] of Object.entries(parameters)) {
    const name = (Object.hasOwn(ALIASES, given) ? ALIASES[given] : undefined) ?? given;
    if (!known.includes(name) && !given.startsWith(METADATA)) {
      throw new PsoError(
        'parameter-unknown',
        `Parameter "${given.slice(0, 100)}" is unknown.`,
        `Known are: ${[...known.filter(key => !key.startsWith(METADATA)), ...Object.keys(ALIASES)].join(', ')}.`,
      );
    }
    const before = result[name];
    if (before !== undefined && before !== value) throw invalid(given, value, `contradicts ${name}="${before}"`);
    result[name] = value;
  }
  return result;
}

function iopsLimit(text: string | undefined): Partial<QosLimits> {
  if (text === undefined) return {};
  const value = /^\d{1,12}$/.test(text) ? Number(text) : NaN;
  if (value === 0 || (value >= MIN_IOPS && value <= MAX_IOPS)) return { iopsLimit: value };
  throw invalid('iops_limit', text, `is not a number from ${MIN_IOPS} to ${MAX_IOPS}`);
}

function bandwidthLimit(text: string | undefined): Partial<QosLimits> {
  if (text === undefined) return {};
  const match = /^(\d{1,15})([KMG]?)$/i.exec(text);
  const value = match ? Number(match[1]) * (UNITS[(match[2] ?? '').toUpperCase()] ?? NaN) : NaN;
  const isInRange = value >= MIN_BANDWIDTH && value <= MAX_BANDWIDTH && value % 512 === 0;
  if (value === 0 || isInRange) return { bandwidthLimitBytesPerSecond: value };
  throw invalid('bandwidth_limit', text, `is not a multiple of 512 bytes per second from 1M to 512G`);
}

const parseQos = (map: Parameters): Partial<QosLimits> => ({
  ...iopsLimit(map.iops_limit),
  ...bandwidthLimit(map.bandwidth_limit),
});

function checkBackend(backend: string | undefined): void {
  if (backend === undefined || backend === 'block' || backend === 'pure_block') return;
  if (backend === 'file' || backend === 'pure_file') {
    throw invalid(
      'backend',
      backend,
      'needs FlashBlades, which come with a later version',
      'Use a class with backend: block.',
    );
  }
  throw invalid('backend', backend, 'is not block');
}

function checkCreateOptions(text: string): string {
  if (/^[\w=,. -]*$/.test(text) && text.length <= 200) return text;
  throw invalid('createoptions', text, 'has other characters than letters, digits and "=,.-_ "');
}

/** Parameters of a class, overridden by those of a VolumeAttributesClass. */
export function parseClassParameters(parameters: Parameters, mutable: Parameters): ClassParameters {
  const map = normalize(parameters, KNOWN);
  checkBackend(map.backend);
  const name = map[`${METADATA}pvc/name`];
  const namespace = map[`${METADATA}pvc/namespace`];
  return {
    qos: { ...parseQos(map), ...parseMutableParameters(mutable) },
    arraySelector: map.arraySelector ?? '',
    createOptions: checkCreateOptions(map.createoptions ?? ''),
    claim: name !== undefined && namespace !== undefined ? { name, namespace } : null,
    volumeName: map[`${METADATA}pv/name`] ?? null,
  };
}

/** Parameters of a VolumeAttributesClass; only what is named changes. */
export const parseMutableParameters = (parameters: Parameters): Partial<QosLimits> =>
  parseQos(normalize(parameters, MUTABLE));
