import type { CatalogueEntry } from './entry.ts';

/** The driver's own processes. */
export const DRIVER_ERRORS = {
  'option-invalid': {
    code: 'invalid',
    cause: 'The program was started with an option that it does not know, or a value that it cannot use.',
    remedy: 'See --help.',
  },
  'settings-invalid': {
    code: 'invalid',
    cause: 'The file of settings cannot be read.',
    remedy: 'It is made by the chart from its values: upgrade the release.',
  },
  'cannot-listen': {
    code: 'invalid',
    cause: 'The socket or the address is in use, or may not be written.',
    remedy: 'Choose another one.',
  },
  'api-server-silent': {
    code: 'unavailable',
    cause: 'The Kubernetes API server did not answer.',
    remedy: 'It is asked again by itself; check the network of the node.',
  },
  bug: {
    code: 'bug',
    cause: 'Something that should never happen.',
    remedy: 'Please report it with the log of this request.',
  },
} as const satisfies Record<string, CatalogueEntry>;
