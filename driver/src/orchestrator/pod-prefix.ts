import { PsoError } from '../domain/errors.ts';

const NAME = /^[A-Za-z0-9][\w-]{0,62}$/;

const invalid = (field: string, value: string, rule: string): PsoError =>
  new PsoError('parameter-invalid', `Parameter ${field}="${value.slice(0, 100)}" ${rule}.`, 'Correct it in the class.');

/** `realm::pod::`, `pod::` or nothing. */
export function podPrefix(realm: string | undefined, pod: string | undefined): string {
  if (realm !== undefined && !NAME.test(realm)) throw invalid('realm', realm, 'is no name of a realm');
  if (pod !== undefined && !NAME.test(pod)) throw invalid('pod', pod, 'is no name of a pod');
  if (pod === undefined && realm !== undefined) throw invalid('realm', realm, 'needs a pod, too: volumes are in pods');
  return [realm, pod].flatMap(name => (name === undefined ? [] : [`${name}::`])).join('');
}
