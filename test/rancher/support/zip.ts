import { createRequire } from 'node:module';
import path from 'node:path';

interface ZipFile {
  readonly dir: boolean;
  async(as: 'string'): Promise<string>;
}
interface ZipReader {
  loadAsync(content: Buffer): Promise<{ readonly files: Readonly<Record<string, ZipFile>> }>;
}

/** Texts of a zip by their names. `modules`: folder of the artefact `ui-modules`, which has a reader. */
export async function filesIn(modules: string, content: Buffer): Promise<Readonly<Record<string, string>>> {
  const reader = createRequire(path.join(modules, 'package.json'))('jszip') as ZipReader;
  const { files } = await reader.loadAsync(content);
  const texts = Object.entries(files)
    .filter(([, { dir }]) => !dir)
    .map(async ([name, file]) => [name, await file.async('string')] as const);
  return Object.fromEntries(await Promise.all(texts));
}
