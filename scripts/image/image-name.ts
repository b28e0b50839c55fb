import { PsoError } from '../../driver/src/domain/errors.ts';

/**
 * Kubelets ask the node's store for the whole reference: one without a registry is Docker Hub's, also where nobody goes
 * there. An archive that is imported under the short name would never be found.
 */
export function wholeName(name: string): string {
  const hasRegistry = /^([^/]*[.:][^/]*|localhost)\//.test(name);
  if (hasRegistry) return name;
  return `docker.io/${name.includes('/') ? '' : 'library/'}${name}`;
}

/** Throws for what no archive can be imported under. `option`: of the command line. */
export function checkImageName(option: string, name: string): void {
  if (/^[a-z0-9][a-z0-9._/:-]*:[\w][\w.-]{0,127}$/.test(name)) return;
  throw new PsoError(
    'invalid',
    `--${option} '${name}' is not an image reference with a tag.`,
    'Write e.g. pso/driver:1.2.3.',
  );
}
