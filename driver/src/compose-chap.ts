import { readTextFile } from './adapters/text-file.ts';
import type { ChapKeySource } from './domain/chap.ts';
import { ChapKey } from './domain/chap.ts';

/** The file is read for each use: a Secret that changes is seen without a restart. */
export const chapKeyOf = (file: string | null): ChapKeySource | null =>
  file === null ? null : async () => ChapKey.parse(file, await readTextFile(file));
