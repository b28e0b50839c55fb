import type { ArrayKind } from '../../../driver/src/domain/array.ts';
import type { WhatIfAnswer, WhatIfArray } from '../../../driver/src/placement/what-if-answer.ts';
import { parseSize } from './quantity.ts';
import { readableBytes } from './size.ts';

export const KINDS: readonly ArrayKind[] = ['flasharray', 'cloud-block-store', 'flashblade'];
export const MAX_CLAIMS = 100;

/** One line of the table of an imagined fleet, as it is typed. */
export interface LabArray {
  readonly name: string;
  readonly kind: ArrayKind;
  /** `20Ti` */
  readonly size: string;
  /** Percent of the size. */
  readonly used: string;
  /** Milliseconds. */
  readonly latency: string;
  /** `env=dev,tier=gold` */
  readonly labels: string;
  readonly isCordoned: boolean;
  readonly isDown: boolean;
}

/** What the page's form holds; numbers are texts, as they are typed. */
export interface LabForm {
  readonly isImagined: boolean;
  readonly parameters: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
  readonly size: string;
  readonly count: string;
  /** Where the pod may run: `topology.kubernetes.io/zone=a`; empty: anywhere. */
  readonly topology: string;
  readonly arrays: readonly LabArray[];
  /** Null: any. */
  readonly seed: number | null;
}

export const NEW_LAB: LabForm = {
  isImagined: false,
  parameters: {},
  attributes: {},
  size: '10Gi',
  count: '10',
  topology: '',
  arrays: [],
  seed: null,
};

/** Body of `POST /v1/placement`; docs/how-to/preview-placement.md says what each field means. */
export interface Question {
  readonly parameters: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly sizeBytes: number;
  readonly count: number;
  readonly topology?: object;
  readonly seed?: number;
  readonly arrays?: readonly object[];
}

/** Field of the form and key of a text `pso.lab.problems.<rule>`; `row` of the table, where it is one. */
export interface LabProblem {
  readonly field: keyof LabForm | keyof LabArray;
  readonly row: number | null;
  readonly rule: 'size' | 'count' | 'pairs' | 'percent' | 'latency' | 'name' | 'twice';
}

/** `a=b, c=d`; null where it is something else. */
export function parsePairs(text: string): Readonly<Record<string, string>> | null {
  const terms = text
    .split(',')
    .map(term => term.trim())
    .filter(term => term !== '');
  const pairs = terms.map(term => /^([^=\s]+)\s*=\s*([^=\s]*)$/.exec(term));
  if (pairs.some(pair => pair === null)) return null;
  return Object.fromEntries(pairs.map(pair => [pair?.[1] ?? '', pair?.[2] ?? '']));
}

const number = (text: string, most: number): number | null => {
  const value = /^\d{1,9}(\.\d{1,3})?$/.test(text.trim()) ? Number(text) : NaN;
  return value <= most ? value : null;
};

function problemsOfArray(array: LabArray, row: number, names: readonly string[]): readonly LabProblem[] {
  const rules = [
    array.name.trim() === '' && (['name', 'name'] as const),
    names.indexOf(array.name) !== row && (['name', 'twice'] as const),
    parseSize(array.size) === null && (['size', 'size'] as const),
    number(array.used, 100) === null && (['used', 'percent'] as const),
    number(array.latency, 100_000) === null && (['latency', 'latency'] as const),
    parsePairs(array.labels) === null && (['labels', 'pairs'] as const),
  ];
  return rules.flatMap(found => (found === false ? [] : [{ field: found[0], row, rule: found[1] }]));
}

/** What keeps the form from being asked. */
export function labProblems({ size, count, topology, isImagined, arrays }: LabForm): readonly LabProblem[] {
  const claims = /^\d{1,3}$/.test(count.trim()) ? Number(count) : 0;
  const names = arrays.map(({ name }) => name);
  return [
    ...(parseSize(size) === null ? [{ field: 'size', row: null, rule: 'size' } as const] : []),
    ...(claims < 1 || claims > MAX_CLAIMS ? [{ field: 'count', row: null, rule: 'count' } as const] : []),
    ...(parsePairs(topology) === null ? [{ field: 'topology', row: null, rule: 'pairs' } as const] : []),
    ...(isImagined ? arrays.flatMap((array, row) => problemsOfArray(array, row, names)) : []),
  ];
}

/** Null while `labProblems` has any. */
export function toQuestion(form: LabForm): Question | null {
  if (labProblems(form).length > 0) return null;
  const { parameters, attributes, size, count, topology, seed, isImagined, arrays } = form;
  const segments = parsePairs(topology) ?? {};
  const hasTopology = Object.keys(segments).length > 0;
  return {
    parameters,
    ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
    sizeBytes: parseSize(size) ?? 0,
    count: Number(count),
    ...(hasTopology ? { topology: { requisite: [segments], preferred: [segments] } } : {}),
    ...(seed === null ? {} : { seed }),
    ...(isImagined ? { arrays: arrays.map(toImagined) } : {}),
  };
}

function toImagined({ name, kind, size, used, latency, labels, isCordoned, isDown }: LabArray): object {
  const totalBytes = parseSize(size) ?? 0;
  return {
    endpoint: name,
    kind,
    labels: parsePairs(labels) ?? {},
    cordoned: isCordoned,
    ...(isDown ? { trouble: 'It does not answer.' } : {}),
    capacity: { totalBytes, usedBytes: Math.round((totalBytes * Number(used)) / 100) },
    load: { latencyMicroseconds: Math.round(Number(latency) * 1000) },
  };
}

/** The real fleet as a start for an imagined one. What was never reached is imagined empty, and away. */
export function imagine(arrays: readonly WhatIfArray[]): readonly LabArray[] {
  return arrays.map(({ name, kind, capacity, load, labels, cordoned, trouble }) => {
    const share = capacity && capacity.totalBytes > 0 ? capacity.usedBytes / capacity.totalBytes : 0;
    return {
      name,
      kind,
      size: capacity
        ? readableBytes(capacity.totalBytes)
            .replace(/ (\w)iB$/, '$1i')
            .replace(/ B$/, '')
        : '20Ti',
      used: String(Math.round(Math.min(1, share) * 1000) / 10),
      latency: String(Math.round(load?.latencyMicroseconds ?? 0) / 1000),
      labels: Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
      isCordoned: cordoned,
      isDown: trouble !== null,
    };
  });
}

export const newLabArray = (arrays: readonly LabArray[]): LabArray => {
  const taken = new Set(arrays.map(({ name }) => name));
  let index = arrays.length + 1;
  while (taken.has(`new-${index}`)) index += 1;
  return {
    name: `new-${index}`, kind: 'flasharray', size: '20Ti', used: '0', latency: '0.5', labels: '', isCordoned: false,
    isDown: false,
  }; // prettier-ignore
};

/** `chosen`, `runner-up`, `possible` where chance could have it, `fits`, `refused`. */
export type Verdict = 'chosen' | 'runner-up' | 'possible' | 'fits' | 'refused';

export interface CandidateRow {
  readonly endpoint: string;
  readonly name: string;
  readonly verdict: Verdict;
  /** The driver's own sentence; empty where it fits. */
  readonly reason: string;
  /** Percent; null where it is refused. */
  readonly space: number | null;
  readonly load: number | null;
  readonly chance: number;
}

const ORDER: readonly Verdict[] = ['chosen', 'runner-up', 'possible', 'fits', 'refused'];
const percent = (share: number): number => Math.round(share * 1000) / 10;

/** Candidates of one claim, the chosen one first, then by likelihood, the refused last. */
export function candidateRows({ arrays, claims }: WhatIfAnswer, claim: number): readonly CandidateRow[] {
  const shown = claims[claim];
  if (!shown) return [];
  const names = new Map(arrays.map(({ endpoint, name }) => [endpoint, name]));
  const rows = shown.candidates.map(({ endpoint, refusal, scores, chance }): CandidateRow => ({
    endpoint,
    name: names.get(endpoint) ?? endpoint,
    verdict: verdictOf(endpoint, shown, refusal !== null, chance),
    reason: refusal?.sentence ?? '',
    space: scores ? percent(scores.space) : null,
    load: scores ? percent(scores.load) : null,
    chance: percent(chance),
  }));
  return rows.sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || b.chance - a.chance);
}

function verdictOf(
  endpoint: string,
  { chosen, runnerUp }: { readonly chosen: string | null; readonly runnerUp: string | null },
  isRefused: boolean,
  chance: number,
): Verdict {
  if (isRefused) return 'refused';
  if (endpoint === chosen) return 'chosen';
  if (endpoint === runnerUp) return 'runner-up';
  return chance > 0 ? 'possible' : 'fits';
}
