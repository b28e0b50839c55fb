import { PsoError } from '../../domain/errors.ts';
import type { NodeIdentity } from '../../domain/node-id.ts';
import type { NfsPublishContext } from '../../domain/publish-context.ts';
import { patchFileSystem, type FileSystemItem } from '../../rest/flashblade/file-systems.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import type { PublishSpec } from '../backend.ts';
import { afterWrite, translated } from '../errors.ts';
import { remember, type BladeContext } from './blade-context.ts';
import { isSameAddress, nodeAddresses, nodeRule, nodeRules, type ExportRule } from './export-rules.ts';
import { findLive, requireLive } from './find-file-system.ts';

/** The rule of one node can only be there twice when calls overlapped; more is somebody at play. */
const MAX_REMOVALS = 8;

/**
 * Lets the node in by rules for its addresses, then looks at the answer, which shows all rules: who else is let in, and
 * whether the node was already. A file system with an export policy is left to its policy.
 */
export async function publishFileSystem(
  array: BladeContext,
  spec: PublishSpec,
  call: RestCall,
): Promise<NfsPublishContext> {
  const { volumeName, node } = spec;
  const doing = `opening file system ${volumeName} to node ${node.name}`;
  return await translated(doing, async () => {
    const context = {
      protocol: 'nfs',
      server: spec.nfs?.endpoint ?? (await array.facts.server(call)),
      exportPath: `/${volumeName}`,
      version: spec.nfs?.version ?? 'auto',
    } as const;
    if (hasPolicy(array, volumeName)) return context;
    if (node.addresses.length === 0) throw withoutAddress(node);
    const item = await letIn(array, volumeName, node, call);
    if (item.exportPolicy !== null) return context;
    try {
      await settle(array, spec, item, call);
      for (const address of node.addresses) array.nodes.set(address.toLowerCase(), node.name);
      return context;
    } catch (error) {
      throw error instanceof PsoError ? error : afterWrite(error, doing);
    }
  });
}

const hasPolicy = (array: BladeContext, name: string): boolean => (array.seen.get(name)?.exportPolicy ?? null) !== null;

const withoutAddress = (node: NodeIdentity): PsoError =>
  new PsoError(
    'node-without-address',
    `Node ${node.name} has told no address from which it mounts file systems.`,
    "Check the node's addresses, then restart its node plugin.",
  );

async function letIn(array: BladeContext, name: string, node: NodeIdentity, call: RestCall): Promise<FileSystemItem> {
  const rules = node.addresses.map(nodeRule).join(' ');
  try {
    return remember(array, await patchFileSystem(array.rest, name, { nfs: { add_rules: rules } }, call));
  } catch (error) {
    if (!(error instanceof RestError) || error.failure !== 'rejected') throw error;
    // A policy decides there, or the array takes no rule twice.
    const item = await requireLive(array, name, call);
    const isIn = node.addresses.every(address => rulesFor(item, address).length > 0);
    if (item.exportPolicy === null && !isIn) throw error;
    return item;
  }
}

const rulesFor = (item: FileSystemItem, address: string): readonly ExportRule[] =>
  nodeRules(item.rules).filter(({ client }) => isSameAddress(client, address));

const isOf = (node: NodeIdentity, client: string): boolean =>
  node.addresses.some(address => isSameAddress(address, client));

async function settle(array: BladeContext, spec: PublishSpec, item: FileSystemItem, call: RestCall): Promise<void> {
  const { volumeName, node } = spec;
  const others = nodeAddresses(item.rules).filter(client => !isOf(node, client));
  const isNew = node.addresses.every(address => rulesFor(item, address).length === 1);
  if (spec.isSingleNode && others.length > 0) throw await refuse(array, spec, others, isNew, call);
  for (const address of node.addresses) {
    const [first, ...surplus] = rulesFor(item, address);
    if (!first) throw notTaken(array, volumeName, node);
    // Published before: the array wrote the rule once more, and a removal would take only one away.
    for (const { text } of surplus) await removeRules(array, volumeName, text, call);
  }
}

/** Undoes what this call did, and nothing else. */
async function refuse(
  array: BladeContext,
  { volumeName, node }: PublishSpec,
  others: readonly string[],
  isNew: boolean,
  call: RestCall,
): Promise<PsoError> {
  const own = node.addresses.map(nodeRule).join(' ');
  if (isNew) await removeAll(array, volumeName, own, client => isOf(node, client), call);
  else await removeRules(array, volumeName, own, call);
  const names = [...new Set(others.map(client => array.nodes.get(client) ?? client))].join(', ');
  return new PsoError(
    'volume-on-other-node',
    `File system ${volumeName} is for one node at a time and still open to ${names}, so it was not opened to ${node.name}.`,
    `Wait until the pod on ${names} is gone; if that node is dead, add the taint node.kubernetes.io/out-of-service to it.`,
  );
}

const notTaken = (array: BladeContext, name: string, node: NodeIdentity): PsoError =>
  new PsoError(
    'export-rule-not-taken',
    `FlashBlade ${array.rest.array} answered without the export rule of node ${node.name} on file system ${name}.`,
    'It will be tried again; look at the export rules of the file system on the array.',
    { finality: 'in-doubt' },
  );

async function removeRules(
  array: BladeContext,
  name: string,
  rules: string,
  call: RestCall,
): Promise<FileSystemItem | null> {
  try {
    return remember(array, await patchFileSystem(array.rest, name, { nfs: { remove_rules: rules } }, call));
  } catch (error) {
    if (!(error instanceof RestError) || error.failure !== 'rejected') throw error;
    // No such rule, a policy, destroyed or gone: what is there now decides.
    return await findLive(array, name, call);
  }
}

/** Removes what is expected in one call, then what is left of it, rule by rule, as the array wrote it. */
async function removeAll(
  array: BladeContext,
  name: string,
  expected: string,
  isMeant: (client: string) => boolean,
  call: RestCall,
): Promise<void> {
  let item = await removeRules(array, name, expected, call);
  for (let removals = 0; item !== null; removals += 1) {
    const [left] = nodeRules(item.rules).filter(({ client }) => isMeant(client));
    if (!left || item.exportPolicy !== null) return;
    if (removals >= MAX_REMOVALS) throw notRemoved(array, name, left.text);
    item = await removeRules(array, name, left.text, call);
  }
}

const notRemoved = (array: BladeContext, name: string, rule: string): PsoError =>
  new PsoError(
    'export-rule-not-removed',
    `FlashBlade ${array.rest.array} keeps the export rule ${rule} of file system ${name}, although it was told to remove it.`,
    'Remove it on the array; it will be tried again.',
    { finality: 'in-doubt' },
  );

/** One call, unless rules are there twice. Null node: all nodes. Rules that the driver did not write stay. */
export async function unpublishFileSystem(
  array: BladeContext,
  name: string,
  node: NodeIdentity | null,
  call: RestCall,
): Promise<void> {
  const whom = node === null ? 'all nodes' : `node ${node.name}`;
  if (hasPolicy(array, name) || node?.addresses.length === 0) return;
  await translated(`closing file system ${name} to ${whom}`, async () => {
    if (node !== null) {
      const own = node.addresses.map(nodeRule).join(' ');
      return await removeAll(array, name, own, client => isOf(node, client), call);
    }
    const item = await findLive(array, name, call);
    for (const { text } of item === null ? [] : nodeRules(item.rules)) await removeRules(array, name, text, call);
  });
}

/**
 * Nodes that rules of ours let in. The array knows addresses only: a node that this process has not published to goes by
 * its address, one with an export policy is not known at all.
 */
export const nodeNames = (array: BladeContext, rules: string): readonly string[] => [
  ...new Set(nodeAddresses(rules).map(client => array.nodes.get(client) ?? client)),
];

export async function publishedNodes(array: BladeContext, name: string, call: RestCall): Promise<readonly string[]> {
  return await translated(`reading the export rules of file system ${name}`, async () => {
    const item = await findLive(array, name, call);
    return item === null ? [] : nodeNames(array, item.rules);
  });
}
