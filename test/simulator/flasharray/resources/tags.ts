import { checkEach, refuse } from '../../common/api-error.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { isObject } from '../../common/json.ts';
import { list } from '../listing.ts';
import type { Call, Plan } from '../plan.ts';
import { bodyList, NO_BODY } from '../plan.ts';
import type { Identified, Registry } from '../../common/registry.ts';
import type { TagRecord } from '../records.ts';
import type { ArrayState } from '../state.ts';
import { named } from '../../common/select.ts';
import { context, reference } from './volume-items.ts';

interface Tagged extends Identified {
  tags: TagRecord[];
  readonly destroyedMs?: number | null;
}

const RESOURCES = { names: 'resource_names', ids: 'resource_ids' };

export function parseTags(given: Json | undefined, objectName: string): TagRecord[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw refuse('Invalid tags.', objectName);
  return (given as readonly Json[]).filter(isObject).map(parseTag);
}

function parseTag(given: JsonObject): TagRecord {
  const { key, value, namespace, copyable } = given;
  if (typeof key !== 'string' || key === '' || key.length > 64) {
    throw refuse('Tag key must be between 1 and 64 characters in length.', typeof key === 'string' ? key : null);
  }
  if (typeof value !== 'string' || value.length > 256) {
    throw refuse('Tag value must be at most 256 characters in length.', key);
  }
  return { namespace: typeof namespace === 'string' ? namespace : 'default', key, value, copyable: copyable !== false };
}

function tagItem(state: ArrayState, object: Tagged, tag: TagRecord): JsonObject {
  return { ...tag, resource: reference(object), context: context(state) };
}

interface TagRoutes {
  readonly get: (state: ArrayState, call: Call) => Plan;
  readonly put: (state: ArrayState, call: Call) => Plan;
  readonly remove: (state: ArrayState, call: Call) => Plan;
}

/** GET, PUT batch and DELETE of the tags of one kind of object. */
export function tagRoutes<Item extends Tagged>(
  registryOf: (state: ArrayState) => Registry<Item>,
  missingMessage: string,
): TagRoutes {
  const chosen = (state: ArrayState, call: Call): Item[] | undefined =>
    named(call, registryOf(state), missingMessage, RESOURCES);
  return routesFor(
    (state, call) => chosen(state, call) ?? [...registryOf(state).values()],
    (state, call) => {
      const objects = chosen(state, call);
      if (objects === undefined) throw refuse('Missing required parameter: resource_names.');
      return objects;
    },
  );
}

/** The same for the array itself, which needs no name. */
export const ARRAY_TAGS = routesFor(
  state => [state],
  state => [state],
);

function routesFor(
  readable: (state: ArrayState, call: Call) => readonly Tagged[],
  writable: (state: ArrayState, call: Call) => readonly Tagged[],
): TagRoutes {
  return {
    get: (state, call) => {
      const objects = readable(state, call);
      const wanted = call.query.flag('resource_destroyed');
      const namespaces = call.query.list('namespaces') ?? ['default'];
      const rows = objects
        .filter(({ destroyedMs }) => wanted === undefined || (typeof destroyedMs === 'number') === wanted)
        .flatMap(object => object.tags.filter(fitsNamespaces(namespaces)).map(tag => ({ object, tag })));
      return list(
        call,
        rows,
        ({ object, tag }) => tagItem(state, object, tag),
        ({ object }) => [object],
      );
    },
    put: (state, call) => {
      const objects = writable(state, call);
      const tags = checkEach(bodyList(call), parseTag);
      return {
        effects: [],
        commit: () => {
          for (const object of objects) object.tags = mergeTags(object.tags, tags);
          return { items: objects.flatMap(object => tags.map(tag => tagItem(state, object, tag))) };
        },
      };
    },
    remove: (state, call) => {
      const objects = writable(state, call);
      const keys = call.query.required('keys').map(key => key.toLowerCase());
      const isGone = fitsNamespaces(call.query.list('namespaces') ?? ['default']);
      return {
        effects: [],
        commit: () => {
          for (const object of objects) {
            object.tags = object.tags.filter(tag => !(isGone(tag) && keys.includes(tag.key.toLowerCase())));
          }
          return NO_BODY;
        },
      };
    },
  };
}

/** `*` stands for any characters. */
function fitsNamespaces(namespaces: readonly string[]): (tag: TagRecord) => boolean {
  return tag =>
    namespaces.some(name =>
      name.endsWith('*') ? tag.namespace.startsWith(name.slice(0, -1)) : tag.namespace === name,
    );
}

function mergeTags(old: readonly TagRecord[], fresh: readonly TagRecord[]): TagRecord[] {
  const isReplaced = (tag: TagRecord): boolean =>
    fresh.some(({ namespace, key }) => namespace === tag.namespace && key === tag.key);
  return [...old.filter(tag => !isReplaced(tag)), ...fresh];
}
