import { formatBytes, roundUp, SECTOR_BYTES } from '../../domain/bytes.ts';
import { PsoError } from '../../domain/errors.ts';
import { volumeOfSnapshot } from '../../domain/volume.ts';
import type { Volume } from '../../domain/volume.ts';
import {
  getVolumes,
  GROUPS_IN_POST_MINOR,
  patchVolume,
  postVolume,
  putVolumeTags,
  TAGS_IN_BODY_MINOR,
  type VolumeItem,
} from '../../rest/flasharray/volumes.ts';
import type { RestCall } from '../../rest/rest-client.ts';
import { RestError } from '../../rest/rest-error.ts';
import type { CreateVolumeSpec } from '../backend.ts';
import type { ArrayContext } from './array-context.ts';
import { afterWrite, isMissing, translated } from '../errors.ts';
import { addToGroup, groupFor } from './modify-volume.ts';
import { fromArrayQos, isSameQos, toPostQos } from './qos.ts';
import { tagEntries } from './tag-entries.ts';
import { toVolume } from './to-volume.ts';

/** Writes first; "already exists" is then interpreted, so that a repeat finds what its lost answer made. */
export async function createVolume(array: ArrayContext, request: CreateVolumeSpec, call: RestCall): Promise<Volume> {
  const doing = `creating volume ${request.name}`;
  const spec = { ...request, sizeBytes: roundUp(request.sizeBytes, SECTOR_BYTES) };
  return await translated(doing, async () => {
    // Part of every handle: known before anything is written.
    const arrayId = await array.facts.arrayId(call);
    const minor = await array.rest.minor(call);
    const item = (await post(array, spec, minor, call)) ?? (await adopt(array, spec, doing, call));
    array.serials.set(spec.name, item.serial);
    try {
      return toVolume(arrayId, await complete(array, spec, item, minor, call));
    } catch (error) {
      throw afterWrite(error, doing);
    }
  });
}

/** Null when the name is taken. */
async function post(
  array: ArrayContext,
  spec: CreateVolumeSpec,
  minor: number,
  call: RestCall,
): Promise<VolumeItem | null> {
  const content =
    spec.source.kind === 'blank' ? { provisioned: spec.sizeBytes } : { source: { name: spec.source.name } };
  const tags = minor >= TAGS_IN_BODY_MINOR ? tagEntries(spec.tags) : [];
  const body = { ...content, ...toPostQos(spec.qos), ...(tags.length === 0 ? {} : { tags }) };
  try {
    const group = spec.protectionGroup ?? null;
    const joins = group !== null && minor >= GROUPS_IN_POST_MINOR ? [groupFor(spec.name, group)] : [];
    const item = await postVolume(array.rest, spec.name, body, call, joins);
    if (tags.length > 0) array.tagged.set(spec.name, '');
    return item;
  } catch (error) {
    if (error instanceof RestError && error.says('already exists')) return null;
    throw error;
  }
}

/** The volume that holds the name, if it is what was asked for. */
async function adopt(array: ArrayContext, spec: CreateVolumeSpec, doing: string, call: RestCall): Promise<VolumeItem> {
  const item = await findExisting(array, spec.name, doing, call);
  if (item.isDestroyed) throw reservedName(array, spec.name, item.timeRemaining);
  const difference = differenceOf(spec, item);
  if (difference === null) return item;
  throw new PsoError(
    'volume-differs',
    `Array ${array.rest.array} has a volume ${spec.name} already, but ${difference}.`,
    'Use another name, or the same request as before.',
  );
}

async function findExisting(array: ArrayContext, name: string, doing: string, call: RestCall): Promise<VolumeItem> {
  try {
    const [item] = (await getVolumes(array.rest, { names: [name] }, call)).items;
    if (item) return item;
  } catch (error) {
    // The volume may be our own from a lost answer: nothing may be called final before we have seen it.
    if (!isMissing(error)) throw afterWrite(error, doing);
  }
  throw new PsoError(
    'volume-vanished',
    `Array ${array.rest.array}: volume ${name} was there and is gone again (while ${doing}).`,
    'It will be tried again.',
    { finality: 'in-doubt' },
  );
}

function reservedName(array: ArrayContext, name: string, timeRemainingMs: number | null): PsoError {
  const hours = timeRemainingMs === null ? '' : `, in about ${Math.ceil(timeRemainingMs / 3_600_000)} h`;
  return new PsoError(
    'name-held-by-destroyed',
    `Array ${array.rest.array}: the name ${name} is held by a destroyed volume until the array eradicates it${hours}.`,
    'Recover, rename or eradicate it on the array, or use another name.',
  );
}

/** Arrays report the volume as the source of a snapshot's copy. */
const isSource = (existing: string, wanted: string): boolean =>
  [wanted, volumeOfSnapshot(wanted)].some(name => name.toLowerCase() === existing.toLowerCase());

function differenceOf(spec: CreateVolumeSpec, item: VolumeItem): string | null {
  const { source } = spec;
  if (source.kind === 'blank') {
    if (item.sourceName !== null) return `it is a copy of ${item.sourceName}`;
    if (item.provisioned !== spec.sizeBytes) {
      return `with ${formatBytes(item.provisioned)} instead of ${formatBytes(spec.sizeBytes)}`;
    }
  } else if (item.sourceName === null || !isSource(item.sourceName, source.name)) {
    return `its source is ${item.sourceName ?? 'none'} instead of ${source.name}`;
  }
  return isSameQos(fromArrayQos(item.qos), spec.qos) ? null : 'with other QoS limits';
}

/** Tags and protection group where they could not travel with the first call, and the size of a copy that is to be larger than its source. */
async function complete(
  array: ArrayContext,
  spec: CreateVolumeSpec,
  item: VolumeItem,
  minor: number,
  call: RestCall,
): Promise<VolumeItem> {
  const tags = tagEntries(spec.tags);
  if (tags.length > 0 && minor < TAGS_IN_BODY_MINOR && array.tagged.get(spec.name) === null) {
    await putVolumeTags(array.rest, spec.name, tags, call);
    array.tagged.set(spec.name, '');
  }
  const group = spec.protectionGroup ?? null;
  if (group !== null && minor < GROUPS_IN_POST_MINOR) await addToGroup(array, spec.name, group, call);
  if (item.provisioned >= spec.sizeBytes) return item;
  return await patchVolume(array.rest, spec.name, { provisioned: spec.sizeBytes }, call);
}
