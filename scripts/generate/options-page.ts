import { parse } from 'yaml';
import type { JsonSchema } from './values-json-schema.ts';

interface Row {
  readonly key: string;
  readonly schema: JsonSchema;
  readonly fallback: unknown;
}

const HEAD = `# Helm values

Generated from driver/src/config/values-schema.ts and charts/pure-pso/values.yaml by \`npm run generate\`.
Every key is optional and may be null; unknown keys are ignored.

| key | type | default | meaning |
| --- | --- | --- | --- |
`;

/** One table row for each key, in the order of the schema; groups are left out, their keys are named in full. */
export function optionsPage(schema: JsonSchema, defaultsYaml: string): string {
  const rows = leaves(schema, '', parse(defaultsYaml));
  return `${HEAD}${rows.map(line).join('')}`;
}

function leaves(schema: JsonSchema, prefix: string, defaults: unknown): readonly Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    const fallback = member(defaults, name);
    if (child.properties && Object.keys(child.properties).length > 0) return leaves(child, key, fallback);
    const item = child.items?.properties ? leaves(child.items, `${key}[]`, undefined) : [];
    return [{ key, schema: child, fallback }, ...item];
  });
}

const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;

function typeOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.filter(value => value !== null && value !== '').join(' / ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).filter(Boolean).join(' or ');
  const types = (typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])).filter(type => type !== 'null');
  return types.join(' or ');
}

function line({ key, schema, fallback }: Row): string {
  const shown = fallback === undefined || fallback === null ? '' : `\`${JSON.stringify(fallback)}\``;
  const cells = [`\`${key}\``, typeOf(schema), shown, schema.description ?? ''];
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}
