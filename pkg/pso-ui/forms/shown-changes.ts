import type { FormModel } from './form-model.ts';
import { isList, isObject, type Json, type JsonObject } from './json.ts';
import { CONCEALED, withMarks } from './secrets.ts';
import { type Change, changesBetween } from './values-diff.ts';

/** A change without any secret in it. */
export interface ShownChange extends Change {
  /** Something concealed in it is not what it was: both sides may look alike. */
  readonly hasNewSecret: boolean;
}

/** What differs, for the eye: a secret that is another one counts, too, and neither is shown. */
export function shownChanges(model: FormModel, before: JsonObject, after: JsonObject): readonly ShownChange[] {
  const marks = new Map<string, string>();
  const mark = (secret: Json): string => {
    const key = JSON.stringify(secret);
    const known = marks.get(key) ?? `${CONCEALED} ${marks.size + 1}`;
    marks.set(key, known);
    return known;
  };
  const was = withMarks(model, before, mark);
  const old = new Set(marks.values());
  const changes = changesBetween(was, withMarks(model, after, mark));
  const all = new Set(marks.values());
  return changes.map(change => ({
    path: change.path,
    before: withoutMarks(change.before, all),
    after: withoutMarks(change.after, all),
    hasNewSecret: textsIn(change.after).some(text => all.has(text) && !old.has(text)),
  }));
}

function withoutMarks(value: Json | undefined, marks: ReadonlySet<string>): Json | undefined {
  if (value === undefined) return undefined;
  const conceal = (inner: Json): Json => {
    if (typeof inner === 'string') return marks.has(inner) ? CONCEALED : inner;
    if (isList(inner)) return inner.map(conceal);
    return isObject(inner)
      ? Object.fromEntries(Object.entries(inner).map(([key, item]) => [key, conceal(item)]))
      : inner;
  };
  return conceal(value);
}

const textsIn = (value: Json | undefined): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};
