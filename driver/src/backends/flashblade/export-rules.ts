import { PsoError } from '../../domain/errors.ts';
import { Cidr } from '../../lib/cidr.ts';

/** One rule of a file system, e.g. `10.0.0.1(rw,no_root_squash)`. */
export interface ExportRule {
  /** Address, network, host name, `@netgroup` or `*`. */
  readonly client: string;
  readonly options: readonly string[];
  /** As the array wrote it. */
  readonly text: string;
}

/** Root of a node must be root on the file system: the kubelet sets owners and modes of volumes (fsGroup). */
const NODE_OPTIONS = ['rw', 'no_root_squash'];

export const nodeRule = (address: string): string => `${address}(${NODE_OPTIONS.join(',')})`;

export function parseRules(text: string): readonly ExportRule[] {
  return [...text.matchAll(/([^\s()]+)(?:\(([^)]*)\))?/g)].map(match => ({
    client: match[1] ?? '',
    options: (match[2] ?? '').split(',').filter(option => option !== ''),
    text: match[0],
  }));
}

const isAddress = (client: string): boolean => !client.includes('/') && Cidr.parse(client) !== null;

/** Rules for one address with these options are the driver's own; all others are somebody else's and stay. */
export const isNodeRule = ({ client, options }: ExportRule): boolean =>
  isAddress(client) && NODE_OPTIONS.every(option => options.includes(option));

/** `fd00::1` and `FD00:0::1` are one address. */
export const isSameAddress = (one: string, other: string): boolean => Cidr.parse(one)?.has(other) ?? one === other;

export const nodeRules = (text: string): readonly ExportRule[] => parseRules(text).filter(isNodeRule);

/** Addresses that the driver let in, each once. */
export const nodeAddresses = (text: string): readonly string[] => [
  ...new Set(nodeRules(text).map(({ client }) => client.toLowerCase())),
];

const canonical = ({ client, options }: ExportRule): string =>
  `${client.toLowerCase()}(${[...options].sort().join(',')})`;

export const isSameRule = (one: ExportRule, other: ExportRule): boolean => canonical(one) === canonical(other);

/** Rules as a class gives them. Throws `parameter-invalid` for what is no rule, or could be taken for a node's. */
export function checkedRules(text: string): string {
  const rules = parseRules(text);
  const refuse = (reason: string, nextStep: string): PsoError =>
    new PsoError('parameter-invalid', `Export rules "${text.slice(0, 200)}" ${reason}.`, nextStep);
  if (text.trim() !== rules.map(rule => rule.text).join(' ') || rules.some(({ text: rule }) => !isPlain(rule))) {
    throw refuse('are no list of client(options)', 'Write them like 10.0.0.0/24(rw,root_squash) @admins(ro).');
  }
  const own = rules.find(isNodeRule);
  if (!own) return text.trim();
  throw refuse(
    `have ${own.text}, which is what the driver writes for a node while it uses the volume, and takes away then`,
    `Write the address as a network, e.g. ${own.client}/${own.client.includes(':') ? 128 : 32}(${own.options.join(',')}).`,
  );
}

const isPlain = (rule: string): boolean => /^[\w.:/@*?-]{1,255}\([\w=:.,-]{1,255}\)$/.test(rule);
