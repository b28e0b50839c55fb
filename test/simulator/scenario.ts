import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { FAULT_KINDS } from './faults.ts';
import { PUBLISHED_VERSIONS } from './flasharray/api-facts.ts';
import { isCloudModel, PROTOCOLS } from './flasharray/settings.ts';
import { PUBLISHED_VERSIONS as BLADE_VERSIONS } from './flashblade/api-facts.ts';

const UNITS: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50 };

/** `15Gi`, `20Ti` or a number of bytes. */
export const size = z
  .union([z.number().int().positive(), z.string().regex(/^\d+(\.\d+)?(Ki|Mi|Gi|Ti|Pi)$/, 'expected a size like 20Ti')])
  .transform(value => {
    if (typeof value === 'number') return value;
    const unit = value.slice(-2);
    return Math.round((Number(value.slice(0, -2)) * (UNITS[unit] ?? 1)) / 512) * 512;
  });
const share = z.number().min(0).max(1);
const portal = z.string().regex(/^([\d.]+|\[[0-9a-f:]+\]):\d+$/i, 'expected ip:port');
const versionOf = (published: readonly string[]): z.ZodString =>
  z.string().refine(value => published.includes(value), { error: 'no published REST version' });

const fault = z.strictObject({
  array: z.string().optional(),
  kind: z.enum(FAULT_KINDS as [string, ...string[]]).transform(kind => kind as (typeof FAULT_KINDS)[number]),
  method: z.string().optional(),
  path: z.string().optional(),
  pattern: z.string().optional(),
  nth: z.number().int().positive().optional(),
  probability: share.optional(),
  times: z.number().int().positive().optional(),
  delayMs: z.number().nonnegative().optional(),
  retryAfterSec: z.number().nonnegative().optional(),
  fromMs: z.number().nonnegative().optional(),
  untilMs: z.number().nonnegative().optional(),
});

const volume = z.strictObject({
  name: z.string(),
  size,
  /** Share of it that is written. */
  used: share.optional(),
  iops: z.number().nonnegative().optional(),
});

/** Of a Cloud Block Store (`model: CBS-…`); what is not given goes by the model. */
const cloud = z.strictObject({
  region: z.string().min(1).optional(),
  zone: z.string().min(1).nullable().optional(),
  /** Raw capacities that it can be grown to. */
  capacitySteps: z.array(size).nonempty().optional(),
});

/** What arrays of every family have. */
const COMMON = {
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,54}[a-z0-9])?$/i, 'expected 1 to 56 letters, digits and -'),
  fill: share.default(0.3),
  load: share.default(0.2),
  maxIops: z.number().positive().optional(),
  model: z.string().optional(),
  seed: z.number().int().optional(),
  token: z.string().min(1).optional(),
  readonlyToken: z.string().min(1).optional(),
  /** The driver's labels for this array; `--write-values` puts them into its configuration. */
  labels: z.record(z.string(), z.string()).default({}),
  latencyMs: z.number().nonnegative().optional(),
  isDown: z.boolean().default(false),
};

/** A FlashArray, or by its model a Cloud Block Store. */
const array = z.strictObject({
  kind: z.literal('flasharray').default('flasharray'),
  ...COMMON,
  size: size.default(20 * 2 ** 40),
  volumeIops: z.number().nonnegative().optional(),
  /** Newest REST version that it knows; it knows all older ones too. */
  restVersion: versionOf(PUBLISHED_VERSIONS).optional(),
  cloud: cloud.optional(),
  protocols: z.array(z.enum(PROTOCOLS)).nonempty().optional(),
  portals: z.array(portal).nonempty().optional(),
  volumes: z.array(volume).default([]),
});

const fileSystem = z.strictObject({
  ...volume.shape,
  /** Export rules; none: nobody may mount it. */
  rules: z.string().default(''),
});

const blade = z.strictObject({
  kind: z.literal('flashblade'),
  ...COMMON,
  size: size.default(100 * 2 ** 40),
  fileSystemIops: z.number().nonnegative().optional(),
  restVersion: versionOf(BLADE_VERSIONS).optional(),
  /** Data VIP: where clients mount. */
  dataAddress: z.union([z.ipv4(), z.ipv6()]).optional(),
  fileSystems: z.array(fileSystem).default([]),
});

type ArrayField = keyof z.output<typeof array>;

/** What a Cloud Block Store cannot have, or only it can. */
function cloudProblems({
  model = '',
  cloud: place,
  protocols,
  portals,
}: z.output<typeof array>): [ArrayField, string][] {
  if (!isCloudModel(model)) return place === undefined ? [] : [['cloud', 'only for a model CBS-…']];
  const isMetal = protocols?.some(protocol => protocol === 'fc' || protocol === 'nvme-roce') === true;
  return [
    ...(isMetal ? [['protocols', 'a Cloud Block Store speaks iscsi and nvme-tcp only'] as [ArrayField, string]] : []),
    ...(portals === undefined || portals.length === 2
      ? []
      : [['portals', 'a Cloud Block Store has two portals'] as [ArrayField, string]]),
  ];
}

/** Two FlashArrays that replicate to each other. */
const link = z.strictObject({
  arrays: z.tuple([z.string(), z.string()]),
  type: z.enum(['sync-replication', 'async-replication']).default('async-replication'),
});

/** FlashArrays that can be asked for each other. */
const fleet = z.strictObject({ name: z.string().min(1), arrays: z.array(z.string()).nonempty() });

const scenarioType = z
  .strictObject({
    /** Milliseconds each call takes, unless the array says otherwise. */
    latencyMs: z.number().nonnegative().default(0),
    arrays: z.array(z.discriminatedUnion('kind', [array, blade])).nonempty(),
    links: z.array(link).default([]),
    fleets: z.array(fleet).default([]),
    faults: z.array(fault).default([]),
  })
  .superRefine(({ arrays, links, fleets, faults }, context) => {
    const names = arrays.map(({ name }) => name.toLowerCase());
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) !== index) {
        context.addIssue({
          code: 'custom',
          path: ['arrays', index, 'name'],
          message: 'two arrays of one name',
          input: name,
        });
      }
    }
    for (const [index, one] of arrays.entries()) {
      for (const [field, message] of one.kind === 'flashblade' ? [] : cloudProblems(one)) {
        context.addIssue({ code: 'custom', path: ['arrays', index, field], message, input: one });
      }
    }
    const flashArrays = arrays.filter(({ kind }) => kind === 'flasharray').map(({ name }) => name);
    for (const [field, groups] of [['links', links] as const, ['fleets', fleets] as const]) {
      for (const [index, group] of groups.entries()) {
        for (const [position, name] of group.arrays.entries()) {
          if (flashArrays.includes(name) && group.arrays.indexOf(name) === position) continue;
          const message = 'no FlashArray of this scenario, or named twice';
          context.addIssue({ code: 'custom', path: [field, index, 'arrays', position], message, input: name });
        }
      }
    }
    for (const [index, { array: name }] of faults.entries()) {
      if (name !== undefined && !names.includes(name.toLowerCase())) {
        context.addIssue({ code: 'custom', path: ['faults', index, 'array'], message: 'no such array', input: name });
      }
    }
  })
  .transform(({ arrays, ...rest }) => ({
    ...rest,
    arrays: arrays.filter(one => one.kind === 'flasharray'),
    blades: arrays.filter(one => one.kind === 'flashblade'),
  }));

/** FlashArrays in `arrays`, FlashBlades in `blades`; a file has both under `arrays`, told apart by `kind`. */
export type Scenario = z.output<typeof scenarioType>;
export type ScenarioInput = z.input<typeof scenarioType>;
export type ScenarioArray = Scenario['arrays'][number];
export type ScenarioBlade = Scenario['blades'][number];

/** Checks a scenario; an error names each wrong field and its value. `origin` says where it came from. */
export function parseScenario(given: unknown, origin = 'scenario'): Scenario {
  const result = scenarioType.safeParse(given);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path, message }) => {
    const field = path.map(String).join('.');
    return `  ${field === '' ? '(top)' : field} = ${JSON.stringify(valueAt(given, path))}: ${message}`;
  });
  throw new Error(`${origin} is not valid:\n${wrong.join('\n')}`);
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    given,
  );
}

export function loadScenario(file: string): Scenario {
  return parseScenario(parse(readFileSync(file, 'utf8')), file);
}
