import { ARRAY_ERRORS } from './catalogue/array-errors.ts';
import { DRIVER_ERRORS } from './catalogue/driver-errors.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';
import { NODE_ERRORS } from './catalogue/node-errors.ts';
import { REQUEST_ERRORS } from './catalogue/request-errors.ts';
import { VOLUME_ERRORS } from './catalogue/volume-errors.ts';

/** Chapters of docs/errors.md, in order. */
export const ERROR_CHAPTERS = {
  'Claims and classes': REQUEST_ERRORS,
  'Volumes and snapshots': VOLUME_ERRORS,
  Arrays: ARRAY_ERRORS,
  Nodes: NODE_ERRORS,
  'The driver itself': DRIVER_ERRORS,
} as const satisfies Record<string, Readonly<Record<string, CatalogueEntry>>>;

/** Every refusal of the driver by its id: the only list. What is thrown, logged and documented comes from here. */
export const ERROR_CATALOGUE = {
  ...REQUEST_ERRORS,
  ...VOLUME_ERRORS,
  ...ARRAY_ERRORS,
  ...NODE_ERRORS,
  ...DRIVER_ERRORS,
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorId = keyof typeof ERROR_CATALOGUE;

export const isErrorId = (text: string): text is ErrorId => Object.hasOwn(ERROR_CATALOGUE, text);
