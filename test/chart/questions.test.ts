import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { valuesJsonSchema, type JsonSchema } from '../../scripts/generate/values-json-schema.ts';
import { ensure } from '../tools/ensure.ts';
import { helmTools } from '../tools/go-tools.ts';
import { helmTemplate, render, CHART, find, TOOLS_TIMEOUT_MS } from './support/chart.ts';
import { chartDefaults, nested, questions, ROOT, schemaAt, valueAt, type Question } from './support/chart-files.ts';
import { pod } from './support/pod.ts';

const schema = valuesJsonSchema();
const defaults = chartDefaults();

/** What Rancher 2.10 to 2.15 do as they say; `max_length`, `multiline`, `yaml` and others do not work on all of them. */
const KEYS = ['variable', 'group', 'type', 'label', 'description', 'show_if', 'options', 'min', 'max'];
const TYPES = ['string', 'boolean', 'int', 'enum', 'array[string]'];

/** Rancher up to 2.15 rewrites only this form; a condition that it can't read shows the question. */
const TERM = String.raw`[\w.]+=[\w-]+`;
const CONDITION = new RegExp(`^${TERM}( (&&|\\|\\|) ${TERM})*$`);

/** Draft 7 types of a schema, alternatives included. */
const typesOf = (at: JsonSchema): readonly string[] => [
  ...(typeof at.type === 'string' ? [at.type] : (at.type ?? [])),
  ...(at.anyOf ?? []).flatMap(typesOf),
];
const enumOf = (at: JsonSchema): readonly unknown[] => [
  ...(at.enum ?? []),
  ...(at.anyOf ?? []).flatMap(option => option.enum ?? []),
];

/** Type that the form stores -> type that the schema must take. */
const STORED: Readonly<Record<string, string>> = {
  string: 'string',
  enum: 'string',
  boolean: 'boolean',
  int: 'integer',
  'array[string]': 'array',
};

beforeAll(async () => {
  await ensure(helmTools);
}, TOOLS_TIMEOUT_MS);

describe('questions', () => {
  it('are many, each key asked once, groups together', () => {
    const asked = questions();
    expect(asked.length).toBeGreaterThan(20);
    expect(new Set(asked.map(({ variable }) => variable)).size).toBe(asked.length);
    const groups = asked.map(({ group }) => group);
    expect(groups.filter((group, index) => group !== groups[index - 1])).toEqual([...new Set(groups)]);
  });

  it.each(questions().map(question => [question.variable, question] as const))(
    '%s fits schema and defaults',
    (key, q) => {
      expect(KEYS).toEqual(expect.arrayContaining(Object.keys(q)));
      expect(TYPES).toContain(q.type);
      const at = schemaAt(schema, key);
      expect(at).toBeDefined();
      const types = typesOf(at ?? {});
      expect(types.includes('number') ? [...types, 'integer'] : types).toContain(STORED[q.type]);
      // Only then does the form show what Helm would take.
      expect(valueAt(defaults, key)).toBeDefined();
      expect(q.min ?? at?.minimum).toBe(at?.minimum);
      if (q.max !== undefined && at?.maximum !== undefined) expect(q.max).toBeLessThanOrEqual(Number(at.maximum));
      checkOptions(q, at ?? {});
    },
  );

  it('have conditions that every Rancher evaluates, on questions of the form', () => {
    const conditions = questions().flatMap(({ show_if: condition }) => (condition === undefined ? [] : [condition]));
    expect(conditions.length).toBeGreaterThan(3);
    for (const condition of conditions) {
      expect(condition).toMatch(CONDITION);
      for (const part of condition.split(/ (?:&&|\|\|) /)) {
        const [variable = '', value = ''] = part.split('=');
        const asked = questions().find(question => question.variable === variable);
        const possible = asked?.type === 'boolean' ? ['true', 'false'] : asked?.options?.map(option => option.value);
        expect(possible).toContain(value);
      }
    }
  });

  it('reach the chart as they were written', () => {
    expect(readFileSync(path.join(CHART, 'questions.yaml'), 'utf8')).toBe(
      readFileSync(path.join(ROOT, 'questions.yaml'), 'utf8'),
    );
  });

  it('give values that render, whatever is chosen', async () => {
    const longest = Math.max(...questions().map(({ options = [] }) => options.length));
    for (let choice = 0; choice < longest; choice += 1) {
      const { code, stderr } = await helmTemplate(nested(questions().map(q => [q.variable, answer(q, choice)])));
      expect(stderr).toBe('');
      expect(code).toBe(0);
    }
  });

  it('suffice to install: by the name of a Secret', async () => {
    const objects = await render({ clusterID: 'lab', arrays: { existingSecret: 'fleet' } });
    const { volumes } = pod(find(objects, 'Deployment', 'pure-pso-controller'));
    expect(volumes.find(({ name }) => name === 'arrays')).toMatchObject({ secret: { secretName: 'fleet' } });
  });
});

function checkOptions({ options, type }: Question, at: JsonSchema): void {
  expect(options !== undefined).toBe(type === 'enum');
  const allowed = enumOf(at);
  for (const { value, label } of options ?? []) {
    expect(label).not.toBe('');
    if (allowed.length > 0) expect(allowed).toContain(value);
    else if (at.pattern !== undefined) expect(value).toMatch(new RegExp(at.pattern));
  }
}

/** What a user could enter: each option in turn, both booleans, both ends of a range. */
function answer({ type, options = [], min = 1, max = 100, variable }: Question, choice: number): unknown {
  if (type === 'enum') return options[choice % options.length]?.value;
  if (type === 'boolean') return variable === 'storageclass.createBuiltIn' || choice % 2 === 0;
  if (type === 'int') return choice % 2 === 0 ? min : max;
  if (type === 'array[string]') return choice % 2 === 0 ? [] : ['discard'];
  return choice % 2 === 0 ? '' : valueAt(defaults, variable);
}

describe('metadata', () => {
  const chart = parse(readFileSync(path.join(CHART, 'Chart.yaml'), 'utf8')) as {
    readonly version: string;
    readonly kubeVersion: string;
    readonly icon: string;
    readonly annotations: Readonly<Record<string, string>>;
  };
  const annotation = (name: string): string => chart.annotations[`catalog.cattle.io/${name}`] ?? '';

  it('asks Rancher and Helm for the same Kubernetes, suffixes of vendors included', () => {
    expect(annotation('kube-version')).toBe(chart.kubeVersion);
    for (const range of [chart.kubeVersion, annotation('rancher-version')])
      expect(range).toMatch(/^>= \d+\.\d+\.\d+-0$/);
  });

  it('fixes name and namespace of the only instance', () => {
    expect([annotation('namespace'), annotation('release-name')]).toEqual(['pure-pso', 'pure-pso']);
  });

  it('has an icon that lies in this repository', () => {
    const [, file = ''] = /^file:\/\/(assets\/logos\/[\w-]+\.svg)$/.exec(chart.icon) ?? [];
    expect(readFileSync(path.join(ROOT, file), 'utf8')).toMatch(/^<svg [^>]*viewBox="0 0 (\d+) \1"/);
  });

  it('names what two controllers and one node plugin request', async () => {
    const objects = await render({});
    const requests = (kind: string, name: string) =>
      pod(find(objects, kind, name)).containers.map(
        container =>
          (container as unknown as { resources: { requests: { cpu: string; memory: string } } }).resources.requests,
      );
    const all = [
      ...requests('Deployment', 'pure-pso-controller'),
      ...requests('Deployment', 'pure-pso-controller'),
      ...requests('DaemonSet', 'pure-pso-node'),
    ];
    const sum = (of: 'cpu' | 'memory') => all.reduce((total, request) => total + Number.parseInt(request[of]), 0);
    expect(annotation('requests-cpu')).toBe(`${sum('cpu')}m`);
    expect(annotation('requests-memory')).toBe(`${sum('memory')}Mi`);
  });
});
