import { at, isList, type JsonObject, withValue } from '../forms/json.ts';
import type { DriverState } from './driver-state.ts';
import type { NodeRow } from './nodes.ts';

export const STEPS = ['check', 'arrays', 'class', 'review', 'apply'] as const;
export type Step = (typeof STEPS)[number];

/** What the first step looks at; null: this user may not see it. */
export interface Surroundings {
  readonly driver: DriverState;
  /** Whether this user may write values and Secrets. */
  readonly mayWrite: boolean;
  readonly hasMonitoring: boolean;
  readonly hasSnapshots: boolean;
  readonly nodes: readonly NodeRow[] | null;
}

/** `stop`: the wizard cannot go on; `advice`: it can, and something will be missing. */
export interface Check {
  readonly key: 'driver' | 'rights' | 'nodes' | 'monitoring' | 'snapshots';
  readonly state: 'good' | 'advice' | 'stop';
  /** Sentences of others, e.g. findings of nodes. */
  readonly details: readonly string[];
}

const MAX_DETAILS = 5;

/** Each line of the first step, what stops first. */
export function preflight({ driver, mayWrite, hasMonitoring, hasSnapshots, nodes }: Surroundings): readonly Check[] {
  const good = (isGood: boolean, otherwise: 'advice' | 'stop') => (isGood ? 'good' : otherwise);
  const sick = (nodes ?? []).filter(({ state }) => state !== 'ok');
  const details = sick.flatMap(({ name, findings }) => findings.map(({ message }) => `${name}: ${message}`));
  return [
    { key: 'driver', state: good(driver !== 'absent' && driver !== 'too-old', 'stop'), details: [] },
    { key: 'rights', state: good(mayWrite, 'stop'), details: [] },
    {
      key: 'nodes',
      state: good(nodes !== null && nodes.length > 0 && sick.length === 0, 'advice'),
      details: details.slice(0, MAX_DETAILS),
    },
    { key: 'monitoring', state: good(hasMonitoring, 'advice'), details: [] },
    { key: 'snapshots', state: good(hasSnapshots, 'advice'), details: [] },
  ];
}

/** A class that the wizard makes through the values; without a name there is none. */
export interface FirstClass {
  readonly name: string;
  readonly backend: 'block' | 'file';
  /** `kubectl -l` syntax; empty: every array. */
  readonly arraySelector: string;
  readonly isDefault: boolean;
}

export const NO_CLASS: FirstClass = { name: '', backend: 'block', arraySelector: '', isDefault: false };

const CLASSES = ['storageClasses'];
const DEFAULT_CLASS = ['storageclass', 'default'];

/** The very same object when there is no class to add: nothing is then to be written. */
export function withFirstClass(
  values: JsonObject,
  { name, backend, arraySelector, isDefault }: FirstClass,
): JsonObject {
  if (name === '') return values;
  const known = at(values, CLASSES);
  const selector = arraySelector.trim();
  const entry = { name, backend, ...(selector === '' ? {} : { parameters: { arraySelector: selector } }) };
  const next = withValue(values, CLASSES, [...(isList(known) ? known : []), entry]);
  return isDefault ? withValue(next, DEFAULT_CLASS, name) : next;
}

const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Key of a text `pso.start.problems.<problem>`, null: the name can be used. */
export function classProblem(name: string, taken: readonly string[]): 'badName' | 'taken' | null {
  if (name === '') return null;
  if (!NAME.test(name)) return 'badName';
  return taken.includes(name) ? 'taken' : null;
}
