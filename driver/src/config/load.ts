import type { ArrayKind } from '../domain/array.ts';
import type * as z from 'zod';
import type { FlashArrayItem } from './array-schema.ts';
import { arraysFileSchema, flashArraySchema, flashBladeSchema, secretFields } from './array-schema.ts';

/** One array that may be contacted. Structurally what a backend factory wants. */
export interface LoadedArray {
  readonly endpoint: string;
  readonly kind: ArrayKind;
  readonly labels: Readonly<Record<string, string>>;
  readonly cordoned: boolean;
  readonly apiToken: string;
  readonly caBundle: string | null;
  readonly certificateSha256: string | null;
  readonly verifyTls: boolean;
  readonly iscsiAllowedCidrs: readonly string[];
  readonly nfsEndpoint: string | null;
}

/** What is wrong with one entry; never with a secret in it. */
export interface ConfigProblem {
  /** `FlashArrays[1]`, or the file. */
  readonly where: string;
  /** Its MgmtEndPoint, when it has one. */
  readonly endpoint: string | null;
  readonly sentence: string;
}

export interface LoadedFleet {
  readonly arrays: readonly LoadedArray[];
  readonly problems: readonly ConfigProblem[];
}

const REMEDY = 'Correct it in the values of the chart (arrays.FlashArrays); the other arrays work on.';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const show = (value: unknown): string => {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? 'missing' : text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

const valueAt = (item: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (isObject(value) ? value[String(key)] : undefined), item);

/** Field, value, what is wrong; the value of a secret field is only `set` or `missing`. */
function describeIssues(item: unknown, issues: readonly z.core.$ZodIssue[], secrets: readonly string[]): string {
  return issues
    .map(({ path, message }) => {
      const field = path.map(String).join('.');
      const value = valueAt(item, path);
      const isSecret = secrets.includes(String(path[0]));
      const shown = isSecret
        ? value === undefined || value === null || value === ''
          ? 'missing'
          : 'set'
        : show(value);
      return field === '' ? `is ${shown}: ${message}` : `${field} is ${shown}: ${message}`;
    })
    .join('; ');
}

const splitList = (text: string | null | undefined): readonly string[] | null =>
  text === null || text === undefined || text.trim() === '' ? null : text.split(/[\s,]+/).filter(part => part !== '');

function toArray(item: FlashArrayItem, defaults: FleetDefaults): LoadedArray {
  return Object.freeze({
    endpoint: item.MgmtEndPoint,
    kind: 'flasharray',
    labels: Object.freeze(item.Labels),
    cordoned: item.cordoned ?? false,
    apiToken: item.APIToken,
    caBundle: item.caBundle ?? null,
    certificateSha256: item.certificateSha256?.replaceAll(':', '').toLowerCase() ?? null,
    verifyTls: item.verifyTLS ?? true,
    iscsiAllowedCidrs: splitList(item.iSCSIAllowedCIDR) ?? defaults.iscsiAllowedCidrs,
    nfsEndpoint: null,
  });
}

export interface FleetDefaults {
  readonly iscsiAllowedCidrs: readonly string[];
}

const fileProblem = (sentence: string): LoadedFleet => ({
  arrays: [],
  problems: [{ where: 'pure.json', endpoint: null, sentence }],
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // V8 quotes the text around the fault, which may be a token.
    return undefined;
  }
}

function loadItems(
  list: string,
  items: readonly unknown[],
  schema: typeof flashArraySchema | typeof flashBladeSchema,
  accept: (item: FlashArrayItem, where: string) => ConfigProblem | null,
): ConfigProblem[] {
  const secrets = secretFields(schema);
  return items.flatMap((item, index) => {
    const where = `${list}[${index}]`;
    const parsed = schema.safeParse(item);
    const given = isObject(item) && typeof item.MgmtEndPoint === 'string' ? item.MgmtEndPoint : null;
    if (!parsed.success) {
      const faults = describeIssues(item, parsed.error.issues, secrets);
      return [{ where, endpoint: given, sentence: `Array ${given ?? where}: ${faults}. ${REMEDY}` }];
    }
    const problem = accept(parsed.data, where);
    return problem ? [problem] : [];
  });
}

/** Reads pure.json. Never throws: what is wrong is a problem of one entry, the others are loaded. */
export function loadFleet(text: string | null, defaults: FleetDefaults): LoadedFleet {
  if (text === null) return fileProblem('The file of arrays is missing. Mount the Secret with pure.json.');
  const parsed = arraysFileSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    return fileProblem('pure.json is no JSON object with the lists FlashArrays and FlashBlades. Correct the Secret.');
  }
  const arrays = new Map<string, LoadedArray>();
  const problems = loadItems('FlashArrays', parsed.data.FlashArrays ?? [], flashArraySchema, (item, where) => {
    const array = toArray(item, defaults);
    const key = array.endpoint.toLowerCase();
    if (!arrays.has(key)) {
      arrays.set(key, array);
      return null;
    }
    const sentence = `Array ${array.endpoint}: ${where}.MgmtEndPoint is "${array.endpoint}", which an earlier entry has. ${REMEDY}`;
    return { where, endpoint: array.endpoint, sentence };
  });
  const blades = loadItems('FlashBlades', parsed.data.FlashBlades ?? [], flashBladeSchema, (item, where) => ({
    where,
    endpoint: item.MgmtEndPoint,
    sentence: `Array ${item.MgmtEndPoint}: FlashBlades are not served by this version yet. It is left alone.`,
  }));
  return { arrays: [...arrays.values()], problems: [...problems, ...blades] };
}
