import { isList, isObject, type Json, type JsonObject } from '../forms/json.ts';
import { CONCEALED } from '../forms/secrets.ts';

const WORD =
  'token|passw(?:or)?d|passphrase|pwd|credential|secret|authorization|dockerconfigjson|(?:private|api|access|secret|signing|encryption)[-_]?key';
const LIKELY = /token|passw|passphrase|credential|(?:private|api|access|secret|signing|encryption)[-_]?key/i;
/** Numbers count only here: `tokenLifetimeSeconds` holds no secret. */
const ENDS_LIKELY = new RegExp(`(?:${WORD})s?$|^auths?$`, 'i');
/** They name an object, and hold nothing of it. */
const NAMES = /^existing|name$/i;
const isLikely = (key: string): boolean => (LIKELY.test(key) || ENDS_LIKELY.test(key)) && !NAMES.test(key);

/** `--password=…` and `--password …` */
const OPTION = new RegExp(String.raw`(?<!\w)(--?[\w-]*(?:${WORD}))(=|\s+)(?!-)\S+`, 'gi');
const BARE_OPTION = new RegExp(String.raw`^--?[\w-]*(?:${WORD})$`, 'i');
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/** Text without what is written like a secret, e.g. `https://user:password@proxy`. */
export const withoutSecrets = (text: string): string =>
  text
    .replace(PRIVATE_KEY, CONCEALED)
    .replace(/(\w:\/\/)[^/\s"]+@/g, `$1${CONCEALED}@`)
    .replace(/\b(Bearer\s+|Basic\s+(?=\S{8}))[\w.~+/=-]+/gi, `$1${CONCEALED}`)
    .replace(OPTION, `$1$2${CONCEALED}`);

/** Keys that nobody's schema knows may hold secrets, too: what is called like one is concealed, whatever it is. */
export function concealLikely(value: Json): Json {
  if (typeof value === 'string') return withoutSecrets(value);
  if (isList(value)) return value.map((item, index) => concealItem(item, value[index - 1]));
  return isObject(value) ? concealObject(value) : value;
}

function concealItem(item: Json, before: Json | undefined): Json {
  const isArgument = typeof before === 'string' && BARE_OPTION.test(before);
  return isArgument && typeof item === 'string' && !item.startsWith('-') ? CONCEALED : concealLikely(item);
}

function concealObject(object: JsonObject): JsonObject {
  const isVariable = typeof object['name'] === 'string' && isLikely(object['name']);
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      if (isVariable && key === 'value') return [key, concealAll(value)];
      const isHarmless = typeof value === 'number' && !ENDS_LIKELY.test(key);
      return [key, isLikely(key) && !isHarmless ? concealAll(value) : concealLikely(value)];
    }),
  );
}

/** Below a key that is called like a secret: all but switches and names of objects. */
function concealAll(value: Json): Json {
  if (isList(value)) return value.map(concealAll);
  if (isObject(value)) {
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [key, NAMES.test(key) ? concealLikely(item) : concealAll(item)])); // prettier-ignore
  }
  return value === null || value === '' || typeof value === 'boolean' ? value : CONCEALED;
}
