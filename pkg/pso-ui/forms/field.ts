import type { Path } from './json.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Option } from './question.ts';

/**
 * Which control edits a value:
 * `flag` a check box; `text`, `lines` (several lines), `secret` (concealed) inputs; `number`; `choice` of `options`;
 * `texts` a list of strings; `map` keys with scalar values; `items` a list of objects, each with the fields of `item`;
 * `reference` picks an object of the cluster by name; `json` a YAML editor, for everything without a better control.
 */
export type FieldKind =
  'flag' | 'text' | 'lines' | 'secret' | 'number' | 'choice' | 'texts' | 'map' | 'items' | 'reference' | 'json';

/** One control of the form, for one leaf of the schema. */
export interface Field {
  /** The path joined by dots: unique in its form. */
  readonly key: string;
  readonly path: Path;
  readonly kind: FieldKind;
  readonly schema: JsonSchema;
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** Tab of the question; empty for a field that only the schema knows. */
  readonly group: string;
  readonly required: boolean;
  readonly options: readonly Option[];
  /** `show_if` expressions, all of which must hold. */
  readonly showIf: readonly string[];
  /** Steve's type of the object to pick, e.g. `secret`; empty unless the kind is `reference`. */
  readonly resource: string;
  /** Fields of one item of `items`, paths relative to the item; empty for other kinds. */
  readonly item: readonly Field[];
}
