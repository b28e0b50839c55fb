import { refuse } from '../common/api-error.ts';

const COMPONENT = /^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$/i;
const PLAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const HAS_LETTER = /[a-z]/i;
const HAS_LETTER_OR_DASH = /[a-z-]/i;

const NAME_RULE =
  "name must be between 1 and 63 characters (alphanumeric, '_' and '-') in length and begin and end with a letter or number. The name must include at least one letter, '_', or '-'.";
const PLAIN_RULE =
  "name must be between 1 and 63 characters (alphanumeric and '-') in length and begin and end with a letter or number. The name must include at least one letter or '-'.";
const SUFFIX_RULE =
  "Snapshot suffix must be between 1 and 63 characters (alphanumeric and '-') in length and begin and end with a letter or number. The suffix must include at least one letter or '-'.";

export interface VolumePath {
  readonly pod: string | null;
  readonly group: string | null;
  readonly leaf: string;
}

/** `pod::vol`, `group/vol`, `pod::group/vol` or `vol`. */
export function splitVolumeName(name: string): VolumePath {
  const podEnd = name.indexOf('::');
  const rest = podEnd < 0 ? name : name.slice(podEnd + 2);
  const groupEnd = rest.indexOf('/');
  return {
    pod: podEnd < 0 ? null : name.slice(0, podEnd),
    group: groupEnd < 0 ? null : rest.slice(0, groupEnd),
    leaf: groupEnd < 0 ? rest : rest.slice(groupEnd + 1),
  };
}

export function checkVolumeName(name: string): VolumePath {
  const parts = splitVolumeName(name);
  if (!COMPONENT.test(parts.leaf) || !/[a-z_-]/i.test(parts.leaf)) throw refuse(`Volume ${NAME_RULE}`, name);
  return parts;
}

/** Hosts, pods, volume groups, protection groups; `kind` starts the sentence. */
export function checkPlainName(kind: string, name: string): void {
  if (!PLAIN.test(name) || !HAS_LETTER.test(name)) throw refuse(`${kind} ${PLAIN_RULE}`, name);
}

export function checkSuffix(suffix: string): void {
  if (!PLAIN.test(suffix) || !HAS_LETTER_OR_DASH.test(suffix)) throw refuse(SUFFIX_RULE, suffix);
}
