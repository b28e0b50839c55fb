import type { Field } from '../forms/field.ts';
import { at, isEqual, isList, type JsonObject, withoutValue, withValue } from '../forms/json.ts';
import { nameOf } from './fleet-file.ts';

/** Name of the Secret that the form makes when the values name none. */
export const DEFAULT_SECRET = 'pure-pso-fleet';
/** Key of the Secret whose text is the fleet file (PSO's name). */
export const FLEET_KEY = 'pure.json';

const SECRET_PATH = ['arrays', 'existingSecret'];
const SECRET_OF_PSO = 'pure-provisioner-secret';

/** Where the fleet stands: in a Secret by name, or in the values themselves, tokens and all. */
export type FleetPlace = { readonly kind: 'secret'; readonly name: string } | { readonly kind: 'values' };

/** `existingSecret` at the top is PSO's spelling; `true` means its fixed name. */
export function fleetPlace(values: JsonObject): FleetPlace {
  const name = at(values, SECRET_PATH);
  if (typeof name === 'string' && name !== '') return { kind: 'secret', name };
  const older = values.existingSecret;
  if (older === true) return { kind: 'secret', name: SECRET_OF_PSO };
  return typeof older === 'string' && older !== '' ? { kind: 'secret', name: older } : { kind: 'values' };
}

/** The lists of the values as a fleet file: what `moveToSecret` puts into the Secret. */
export function fleetInValues(values: JsonObject, lists: readonly Field[]): JsonObject {
  const entries = lists.flatMap(field => {
    const list = at(values, field.path);
    return isList(list) && list.length > 0 ? [[nameOf(field), list] as const] : [];
  });
  return Object.fromEntries(entries);
}

/**
 * Whether arrays stand elsewhere by now, or are others: to write the opened ones would lose what somebody wrote. `secret`
 * is the one that a save writes; what it holds is compared when it is written.
 */
export function hasFleetMoved(opened: JsonObject, now: JsonObject, lists: readonly Field[], secret: string): boolean {
  const place = fleetPlace(now);
  if (place.kind === 'secret') return place.name !== secret;
  return fleetPlace(opened).kind === 'secret' || !isEqual(fleetInValues(opened, lists), fleetInValues(now, lists));
}

/** The values without any array, naming the Secret instead: nothing secret is left in them. */
export function moveToSecret(values: JsonObject, lists: readonly Field[], name: string): JsonObject {
  const without = lists.reduce((rest, field) => withoutValue(rest, field.path), values);
  return withValue(without, SECRET_PATH, name);
}

/** Lists of arrays among the fields: items below `arrays`. */
export const arrayLists = (fields: readonly Field[]): readonly Field[] =>
  fields.filter(field => field.kind === 'items' && field.path[0] === 'arrays');
