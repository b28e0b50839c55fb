import { isObjectName } from './volume.ts';

const CLAIM = /^pvc-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.|$)/i;
const UUID_END = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.|$)/i;

/** Such a name is never given twice, so one array that has it is proof enough. */
export const isUniqueName = (name: string): boolean => UUID_END.test(name);

/**
 * Names that a handle without an array's id may mean, the likeliest first; empty for what nobody ever wrote. Shapes:
 * a bare name (imported, PSO 6), `pvc-<uuid>` without its cluster's prefix, `<cluster>/pvc-<uuid>` (PSO 5.0),
 * `<pod>::<name>`, each also with a snapshot's suffix.
 */
export function namesOfForeignHandle(text: string, clusterId: string): readonly string[] {
  if (!isObjectName(text)) return [];
  if (CLAIM.test(text)) return [`${clusterId}-${text}`, text];
  const slash = text.indexOf('/');
  // A volume group's member has the same form: the array tells which of the two it is.
  if (slash > 0 && CLAIM.test(text.slice(slash + 1))) return [text.replace('/', '-'), text];
  return [text];
}
