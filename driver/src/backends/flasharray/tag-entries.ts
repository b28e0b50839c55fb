import type { TagEntry } from '../../rest/flasharray/volumes.ts';

/** Not `pure*`: those are reserved (REST 2.x, tag namespaces). */
export const TAG_NAMESPACE = 'kubernetes.pure-pso.io';

/** Not copyable: a clone must not carry the name of another claim. */
export const tagEntries = (tags: Readonly<Record<string, string>>): readonly TagEntry[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value, namespace: TAG_NAMESPACE, copyable: false }));
