import jsyaml from 'js-yaml';
import { isObject, type JsonObject } from '../forms/json.ts';
import { messageOf } from './store.ts';

const MERGE = new jsyaml.Type('tag:yaml.org,2002:merge', {
  kind: 'scalar',
  resolve: (text: unknown) => text === '<<',
});
/** As Helm reads values: dates stay text, `<<` merges. The library is the dashboard's, of which 3 and 4 are made differently. */
const VALUES =
  typeof jsyaml.CORE_SCHEMA.extend === 'function'
    ? jsyaml.CORE_SCHEMA.extend({ implicit: [MERGE] })
    : new jsyaml.Schema({ include: [jsyaml.CORE_SCHEMA], implicit: [MERGE] });

export type ReadYaml =
  | { readonly values: JsonObject }
  /** `line` counts from 1; null: the text as a whole is no map. */
  | { readonly line: number | null; readonly reason: string };

/** Text of values; empty text is no values at all. */
export function readYaml(text: string): ReadYaml {
  try {
    const values: unknown = jsyaml.load(text, { schema: VALUES }) ?? {};
    return isObject(values) ? { values } : { line: null, reason: '' };
  } catch (error) {
    const { mark, reason } = error as { mark?: { line?: number }; reason?: string };
    return { line: (mark?.line ?? 0) + 1, reason: reason ?? messageOf(error) };
  }
}

export const writeYaml = (values: JsonObject): string =>
  Object.keys(values).length === 0 ? '' : jsyaml.dump(values, { lineWidth: 120, noRefs: true });
