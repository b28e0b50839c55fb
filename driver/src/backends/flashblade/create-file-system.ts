import { formatBytes, roundUp, SECTOR_BYTES } from '../../domain/bytes.ts';
import { PsoError } from '../../domain/errors.ts';
import type { Volume } from '../../domain/volume.ts';
import {
  COPY_MINOR,
  getFileSystems,
  patchFileSystem,
  postFileSystem,
  type FileSystemItem,
  type FileSystemPatch,
  type NfsWrite,
} from '../../rest/flashblade/file-systems.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import type { CreateVolumeSpec, FileSystemWishes } from '../backend.ts';
import { afterWrite, isMissing, translated } from '../errors.ts';
import { remember, type BladeContext } from './blade-context.ts';
import { copySource, dropCopySource } from './copy-source.ts';
import { checkedRules, isNodeRule, isSameRule, parseRules } from './export-rules.ts';
import { requireLive } from './find-file-system.ts';
import { dropPolicy, ensurePolicy, isOwnPolicy } from './qos.ts';
import { toVolume } from './to-volume.ts';

/** Nobody may mount until a node is published: `.snapshot` as PSO's own default. */
const NO_WISHES: FileSystemWishes = { exportPolicy: null, exportRules: null, hasSnapshotDirectory: false };

const FIRST_LOOK_MS = 100;
/** Longer waits are left to the caller, who asks again. */
const LAST_LOOK_MS = 3200;

/** A wish with all that was decided about it. */
interface Plan {
  readonly spec: CreateVolumeSpec;
  readonly wishes: FileSystemWishes;
  /** Empty: nobody. Never left out, as the array would let in everybody. */
  readonly rules: string;
  readonly qosPolicy: string | null;
  /** Snapshot to copy; null: blank. */
  readonly snapshot: string | null;
}

/**
 * Writes first; "already exists" is then interpreted, so that a repeat finds what its lost answer made. File systems have
 * no tags: `spec.tags` stay in the PersistentVolume and the claim's events.
 */
export async function createFileSystem(
  array: BladeContext,
  request: CreateVolumeSpec,
  call: RestCall,
): Promise<Volume> {
  const doing = `creating file system ${request.name}`;
  const spec = { ...request, sizeBytes: roundUp(request.sizeBytes, SECTOR_BYTES) };
  const wishes = spec.fileSystem ?? NO_WISHES;
  const rules = wishes.exportRules === null ? '' : checkedRules(wishes.exportRules);
  return await translated(doing, async () => {
    // Part of every handle: known before anything is written.
    const arrayId = await array.facts.arrayId(call);
    await checkCopies(array, spec, call);
    const qosPolicy = await ensurePolicy(array, spec.name, spec.qos, call);
    const snapshot = await copySource(array, spec, call);
    const plan = { spec, wishes, rules, qosPolicy, snapshot };
    const made = await post(array, plan, call);
    const item = made ?? (await adopt(array, plan, doing, call));
    try {
      const complete = await whenReady(array, await finish(array, plan, item, made !== null, call), call);
      await dropCopySource(array, spec, call);
      return toVolume(arrayId, remember(array, complete), spec.qos);
    } catch (error) {
      throw afterWrite(error, doing);
    }
  });
}

async function checkCopies(array: BladeContext, spec: CreateVolumeSpec, call: RestCall): Promise<void> {
  if (spec.source.kind === 'blank') return;
  const minor = await array.rest.minor(call);
  if (minor >= COPY_MINOR) return;
  throw new PsoError(
    'array-feature-missing',
    `FlashBlade ${array.rest.array} (REST 2.${minor}) cannot copy ${spec.source.kind === 'snapshot' ? 'snapshot' : 'file system'} ${spec.source.name} to a new file system.`,
    `Upgrade Purity//FB (REST 2.${COPY_MINOR} or newer), or copy the files in a pod that mounts both.`,
  );
}

const exportsOf = ({ wishes, rules }: Plan): NfsWrite =>
  wishes.exportPolicy === null ? { rules } : { export_policy: { name: wishes.exportPolicy } };

/** Null when the name is taken. */
async function post(array: BladeContext, plan: Plan, call: RestCall): Promise<FileSystemItem | null> {
  const { spec, wishes, qosPolicy, snapshot } = plan;
  const body = {
    ...(snapshot === null ? { provisioned: spec.sizeBytes } : { source: { name: snapshot } }),
    hard_limit_enabled: true,
    snapshot_directory_enabled: wishes.hasSnapshotDirectory,
    nfs: { v3_enabled: true, v4_1_enabled: true, ...exportsOf(plan) },
    ...(qosPolicy === null ? {} : { qos_policy: { name: qosPolicy } }),
  };
  try {
    return await postFileSystem(array.rest, spec.name, body, await array.rest.minor(call), call);
  } catch (error) {
    if (error instanceof RestError && error.says('already exists')) return null;
    const isFinal = !(error instanceof RestError) || !error.isInDoubt;
    if (isFinal) await dropPolicy(array, spec.name, qosPolicy, call).catch(() => undefined);
    throw error;
  }
}

/** The file system that holds the name, if it is what was asked for. */
async function adopt(array: BladeContext, plan: Plan, doing: string, call: RestCall): Promise<FileSystemItem> {
  const { name } = plan.spec;
  const item = await findExisting(array, name, doing, call);
  if (item.isDestroyed) throw reservedName(array, name, item.timeRemaining);
  const difference = differenceOf(plan, item);
  if (difference === null) return item;
  throw new PsoError(
    'volume-differs',
    `FlashBlade ${array.rest.array} has a file system ${name} already, but ${difference}.`,
    'Use another name, or the same request as before.',
  );
}

async function findExisting(array: BladeContext, name: string, doing: string, call: RestCall): Promise<FileSystemItem> {
  try {
    const [item] = (await getFileSystems(array.rest, { names: [name] }, call)).items;
    if (item) return item;
  } catch (error) {
    // It may be our own from a lost answer: nothing may be called final before we have seen it.
    if (!isMissing(error)) throw afterWrite(error, doing);
  }
  throw new PsoError(
    'volume-vanished',
    `FlashBlade ${array.rest.array}: file system ${name} was there and is gone again (while ${doing}).`,
    'It will be tried again.',
    { finality: 'in-doubt' },
  );
}

function reservedName(array: BladeContext, name: string, timeRemainingMs: number | null): PsoError {
  const hours = timeRemainingMs === null ? '' : `, in about ${Math.ceil(timeRemainingMs / 3_600_000)} h`;
  return new PsoError(
    'name-held-by-destroyed',
    `FlashBlade ${array.rest.array}: the name ${name} is held by a destroyed file system until the array eradicates it${hours}.`,
    'Recover, rename or eradicate it on the array, or use another name.',
  );
}

/** `fs` for the snapshot `fs.suffix`: an array may name either as a copy's source. */
const fileSystemOf = (sourceName: string): string => (sourceName.split('.')[0] ?? sourceName).toLowerCase();

function differenceOf({ spec, wishes, qosPolicy }: Plan, item: FileSystemItem): string | null {
  if (spec.source.kind === 'blank') {
    if (item.sourceName !== null) return `it is a copy of ${item.sourceName}`;
    if (item.provisioned !== spec.sizeBytes) {
      const has = item.provisioned === null ? 'no size of its own' : formatBytes(item.provisioned);
      return `with ${has} instead of ${formatBytes(spec.sizeBytes)}`;
    }
  } else if (item.sourceName === null || fileSystemOf(item.sourceName) !== fileSystemOf(spec.source.name)) {
    return `its source is ${item.sourceName ?? 'none'} instead of ${spec.source.name}`;
  }
  if (item.exportPolicy !== wishes.exportPolicy && (item.exportPolicy ?? wishes.exportPolicy) !== null) {
    return `with the export policy ${item.exportPolicy ?? 'none'} instead of ${wishes.exportPolicy ?? 'none'}`;
  }
  const hasOther = item.qosPolicy !== null && isOwnPolicy(item.name, item.qosPolicy);
  return item.qosPolicy === qosPolicy || (qosPolicy === null && !hasOther) ? null : 'with other QoS limits';
}

/** What the array did not take over from the request: the size of a copy, its limit, its exports. Usually nothing. */
async function finish(
  array: BladeContext,
  plan: Plan,
  item: FileSystemItem,
  isNew: boolean,
  call: RestCall,
): Promise<FileSystemItem> {
  const isTooSmall = item.provisioned === null || item.provisioned < plan.spec.sizeBytes;
  const changes: FileSystemPatch = {
    ...(isTooSmall ? { provisioned: plan.spec.sizeBytes } : {}),
    ...(item.isHardLimit ? {} : { hard_limit_enabled: true }),
    ...(isExportedAsWished(plan, item, isNew) ? {} : { nfs: exportsOf(plan) }),
  };
  if (Object.keys(changes).length === 0) return item;
  return await patchFileSystem(array.rest, item.name, changes, call);
}

/** The copy of a snapshot takes a moment; until then the file system is not its content. */
async function whenReady(array: BladeContext, item: FileSystemItem, call: RestCall): Promise<FileSystemItem> {
  let current = item;
  for (let waitMs = FIRST_LOOK_MS; !current.isReady; waitMs *= 2) {
    if (waitMs > LAST_LOOK_MS) throw notReady(array, item.name);
    await array.clock.sleep(waitMs, call.signal);
    current = await requireLive(array, item.name, call);
  }
  return current;
}

const notReady = (array: BladeContext, name: string): PsoError =>
  new PsoError(
    'copy-not-complete',
    `FlashBlade ${array.rest.array} is still copying the files of ${name}.`,
    'It is asked again by itself; the claim is bound when the copy is complete.',
    { finality: 'in-doubt' },
  );

/** Rules of nodes may have come since; anything else that lets somebody in is not what was asked for. */
function isExportedAsWished({ wishes, rules }: Plan, item: FileSystemItem, isNew: boolean): boolean {
  if (wishes.exportPolicy !== null) return item.exportPolicy === wishes.exportPolicy;
  const wanted = parseRules(rules);
  const present = parseRules(item.rules);
  const hasSurplus = present.some(rule => !isNodeRule(rule) && !wanted.some(wish => isSameRule(wish, rule)));
  return !hasSurplus && (!isNew || wanted.every(wish => present.some(rule => isSameRule(wish, rule))));
}
