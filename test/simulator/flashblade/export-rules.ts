import { refuse } from '../common/api-error.ts';
import type { FileDataPlaneRule } from './data-plane.ts';
import type { ExportRuleRecord, NfsPolicyRecord, NfsSettings } from './records.ts';

const RULE = /\s*([^\s(),]+)(?:\(([^()]*)\))?\s*/y;
const OPTION =
  /^(?:rw|ro|(?:no_)?fileid_32bit|anon[ug]id=\d+|(?:no_)?root_squash|(?:no_)?all_squash|secure|insecure|(?:no)?atime|sec=(?:sys|krb5[ip]?)(?::(?:sys|krb5[ip]?))*)$/;

interface TextRule {
  /** As it was written. */
  readonly text: string;
  readonly client: string;
  readonly options: readonly string[];
}

/** `10.0.0.0/24(rw,no_root_squash) *(ro)` → two rules. Throws 400 with the part that is none. */
export function parseRules(text: string): TextRule[] {
  const rules: TextRule[] = [];
  let position = 0;
  while (position < text.length) {
    RULE.lastIndex = position;
    const match = RULE.exec(text);
    if (match === null) throw refuse('Invalid NFS export rules.', text);
    const options = (match[2] ?? '').split(',').filter(option => option !== '');
    const wrong = options.find(option => !OPTION.test(option));
    if (wrong !== undefined) throw refuse('Invalid option in NFS export rules.', wrong);
    rules.push({ text: match[0].trim(), client: match[1] ?? '', options });
    position = RULE.lastIndex;
  }
  return rules;
}

/** Position of the first run of `wanted` in `rules`, from `start` on; -1 when there is none. */
function indexOfRun(rules: readonly TextRule[], wanted: readonly TextRule[], start: number): number {
  for (let index = start; index + wanted.length <= rules.length; index++) {
    if (wanted.every(({ text }, offset) => rules[index + offset]?.text === text)) return index;
  }
  return -1;
}

export interface RuleEdit {
  readonly add: string | null;
  readonly remove: string | null;
  readonly after: string | null;
}

/** Removes, then adds: at the end, or after the first run of `after`. `missing` is the refusal when a run is not there. */
export function editRules(rules: string, edit: RuleEdit, missing: string): string {
  const current = parseRules(rules);
  const find = (text: string, start: number): { readonly at: number; readonly length: number } => {
    const wanted = parseRules(text);
    const at = indexOfRun(current, wanted, start);
    if (at < 0 || wanted.length === 0) throw refuse(missing, text);
    return { at, length: wanted.length };
  };
  const endOf = (text: string | null, none: number): number => {
    if (text === null) return none;
    const { at, length } = find(text, 0);
    return at + length;
  };
  if (edit.remove !== null) {
    const { at, length } = find(edit.remove, endOf(edit.after, 0));
    current.splice(at, length);
  }
  if (edit.add !== null) current.splice(endOf(edit.after, current.length), 0, ...parseRules(edit.add));
  return current.map(({ text }) => text).join(' ');
}

function accessOf(options: readonly string[]): FileDataPlaneRule['access'] {
  if (options.includes('all_squash')) return 'all-squash';
  return options.includes('no_root_squash') ? 'no-squash' : 'root-squash';
}

/** Who may mount now, as the data plane is told: by the policy, where there is one, else by the rules' text. */
export function accessRules(
  nfs: NfsSettings,
  policy: Pick<NfsPolicyRecord, 'enabled' | 'rules'> | null,
): FileDataPlaneRule[] {
  const versions: ('3' | '4.1')[] = [...(nfs.v3 ? (['3'] as const) : []), ...(nfs.v41 ? (['4.1'] as const) : [])];
  if (versions.length === 0) return [];
  if (policy !== null) {
    const rules = policy.enabled ? policy.rules : [];
    return rules.map(({ client, permission, access }) => ({ client, permission, access, versions }));
  }
  return parseRules(nfs.rules).map(({ client, options }) => ({
    client,
    permission: options.includes('rw') ? 'rw' : 'ro',
    access: accessOf(options),
    versions,
  }));
}

/** Policies keep their rules in three groups: addresses, other clients, everyone. */
export function groupOf({ client }: Pick<ExportRuleRecord, 'client'>): number {
  if (client === '*') return 2;
  return /^[\d.]+(\/\d+)?$|:/.test(client) ? 0 : 1;
}
