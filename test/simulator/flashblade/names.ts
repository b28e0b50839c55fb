import { refuse } from '../common/api-error.ts';

const NAME = /^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$/i;
const HAS_LETTER = /[a-z_-]/i;
const RULE =
  "name must be between 1 and 63 characters (alphanumeric, '_' and '-') in length and begin and end with a letter or number. The name must include at least one letter, '_', or '-'.";
const SUFFIX_RULE =
  "Snapshot suffix must be between 1 and 63 characters (alphanumeric, '_' and '-') in length and begin and end with a letter or number.";

/** `kind` starts the sentence. */
export function checkName(kind: string, name: string): void {
  if (!NAME.test(name) || !HAS_LETTER.test(name)) throw refuse(`${kind} ${RULE}`, name);
}

export function checkSuffix(suffix: string): void {
  if (!NAME.test(suffix)) throw refuse(SUFFIX_RULE, suffix);
}
