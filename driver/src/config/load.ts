import type { ArrayKind, SanType } from '../domain/array.ts';
import type * as z from 'zod';
import type { FlashArrayItem, FlashBladeItem } from './array-schema.ts';
import { arraysFileSchema, flashArraySchema, flashBladeSchema, sanTypeOf, secretFields } from './array-schema.ts';

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
  readonly sanType?: SanType;
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

type ListName = 'FlashArrays' | 'FlashBlades';

const remedy = (list: ListName): string =>
  `Correct it in the values of the chart (arrays.${list}); the other arrays work on.`;

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

const common = (item: FlashArrayItem | FlashBladeItem) => ({
  endpoint: item.MgmtEndPoint,
  labels: Object.freeze(item.Labels),
  cordoned: item.cordoned ?? false,
  apiToken: item.APIToken,
  caBundle: item.caBundle ?? null,
  certificateSha256: item.certificateSha256?.replaceAll(':', '').toLowerCase() ?? null,
  verifyTls: item.verifyTLS ?? true,
});

/** Cloud Block Stores are listed here, too: the array itself says what it is. */
const toFlashArray = (item: FlashArrayItem, defaults: FleetDefaults): LoadedArray =>
  Object.freeze({
    ...common(item),
    kind: 'flasharray',
    ...sanTypeFor(item, defaults),
    iscsiAllowedCidrs: splitList(item.iSCSIAllowedCIDR) ?? defaults.iscsiAllowedCidrs,
    nfsEndpoint: null,
  });

function sanTypeFor({ SanType }: FlashArrayItem, { sanType }: FleetDefaults): Pick<LoadedArray, 'sanType'> {
  if (SanType) return { sanType: sanTypeOf(SanType) };
  return sanType === undefined ? {} : { sanType };
}

/** An empty text in one spelling does not hide the other. */
const toFlashBlade = (item: FlashBladeItem): LoadedArray =>
  Object.freeze({
    ...common(item),
    kind: 'flashblade',
    iscsiAllowedCidrs: [],
    nfsEndpoint: [item.NFSEndPoint, item.NfsEndPoint].find(text => !!text)?.replace(/^\[|\]$/g, '') ?? null,
  });

export interface FleetDefaults {
  /** How nodes reach block volumes; absent: iSCSI. */
  readonly sanType?: SanType;
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

/** Arrays by endpoint, and what is wrong with the others. */
class Loading {
  readonly arrays = new Map<string, LoadedArray>();
  readonly problems: ConfigProblem[] = [];

  add<Item>(
    list: ListName,
    items: readonly unknown[],
    schema: z.ZodType<Item> & z.ZodObject,
    make: (item: Item) => LoadedArray,
  ): void {
    const secrets = secretFields(schema);
    for (const [index, item] of items.entries()) {
      const where = `${list}[${index}]`;
      const parsed = schema.safeParse(item);
      const given = isObject(item) && typeof item.MgmtEndPoint === 'string' ? item.MgmtEndPoint : null;
      if (parsed.success) this.#accept(where, list, make(parsed.data));
      else {
        const faults = describeIssues(item, parsed.error.issues, secrets);
        this.#refuse(where, given, `Array ${given ?? where}: ${faults}. ${remedy(list)}`);
      }
    }
  }

  #accept(where: string, list: ListName, array: LoadedArray): void {
    const { endpoint } = array;
    const key = endpoint.toLowerCase();
    if (!this.arrays.has(key)) this.arrays.set(key, array);
    else {
      const sentence = `Array ${endpoint}: ${where}.MgmtEndPoint is "${endpoint}", which an earlier entry has. ${remedy(list)}`;
      this.#refuse(where, endpoint, sentence);
    }
  }

  #refuse(where: string, endpoint: string | null, sentence: string): void {
    this.problems.push({ where, endpoint, sentence });
  }
}

/** Reads pure.json. Never throws: what is wrong is a problem of one entry, the others are loaded. */
export function loadFleet(text: string | null, defaults: FleetDefaults): LoadedFleet {
  if (text === null) return fileProblem('The file of arrays is missing. Mount the Secret with pure.json.');
  const parsed = arraysFileSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    return fileProblem('pure.json is no JSON object with the lists FlashArrays and FlashBlades. Correct the Secret.');
  }
  const loading = new Loading();
  const { FlashArrays, FlashBlades } = parsed.data;
  loading.add('FlashArrays', FlashArrays ?? [], flashArraySchema, item => toFlashArray(item, defaults));
  loading.add('FlashBlades', FlashBlades ?? [], flashBladeSchema, toFlashBlade);
  return { arrays: [...loading.arrays.values()], problems: loading.problems };
}
