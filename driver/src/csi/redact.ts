import type { DescField, DescMessage, JsonValue, MessageShape } from '@bufbuild/protobuf';
import { getOption, hasOption, toJson } from '@bufbuild/protobuf';
import { csi_secret } from '../gen/csi_pb.js';

const STRIPPED = '***stripped***';

/** kubelet puts service-account tokens into volume_context, a map that is no secret field (CVE-2023-2878). */
const SECRET_KEY = /token|password|secret|apikey|credential/i;

type JsonObject = Record<string, JsonValue>;

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSecret = (field: DescField): boolean => hasOption(field, csi_secret) && getOption(field, csi_secret);

const stripValues = (map: JsonObject): JsonObject => Object.fromEntries(Object.keys(map).map(key => [key, STRIPPED]));

const stripKeys = (map: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, SECRET_KEY.test(key) ? STRIPPED : value]));

function redactField(field: DescField, value: JsonValue): JsonValue {
  if (isSecret(field)) return isObject(value) ? stripValues(value) : STRIPPED;
  if (field.fieldKind === 'message') return redactMessage(field.message, value);
  if (field.fieldKind === 'list' && field.listKind === 'message' && Array.isArray(value)) {
    return value.map(item => redactMessage(field.message, item));
  }
  if (field.fieldKind === 'map' && isObject(value)) {
    if (field.mapKind !== 'message') return stripKeys(value);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactMessage(field.message, item)]));
  }
  return value;
}

function redactMessage(schema: DescMessage, json: JsonValue): JsonValue {
  if (!isObject(json)) return json;
  const result: JsonObject = {};
  for (const field of schema.fields) {
    const value = json[field.jsonName];
    if (value !== undefined) result[field.jsonName] = redactField(field, value);
  }
  return result;
}

/** A message as one line of JSON for the log, without what its descriptor marks `csi_secret`. */
export function redact<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): string {
  return JSON.stringify(redactMessage(schema, toJson(schema, message)));
}
