import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorSites } from './error-sites.ts';
import { errorsPage } from './errors-page.ts';
import { knownKeys } from './known-keys.ts';
import { monitoringFiles } from './monitoring/outputs.ts';
import { optionsPage, withValuesTable } from './options-page.ts';
import { protoCode } from './proto-code.ts';
import { valuesJsonSchema } from './values-json-schema.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Path from the project's root -> content. */
export type GeneratedFiles = ReadonlyMap<string, string>;

/** Everything that is generated and committed, in memory. */
export async function generateAll(): Promise<GeneratedFiles> {
  const schema = valuesJsonSchema();
  const read = (file: string): Promise<string> => readFile(path.join(ROOT, file), 'utf8');
  const defaults = await read('charts/pure-pso/values.yaml');
  return new Map([
    ...(await protoCode(ROOT)),
    ['charts/pure-pso/values.schema.json', `${JSON.stringify(schema, null, 2)}\n`],
    ['charts/pure-pso/files/known-keys.json', `${JSON.stringify(knownKeys(schema), null, 2)}\n`],
    // Rancher reads the form from the packaged chart only.
    ['charts/pure-pso/questions.yaml', await read('questions.yaml')],
    ['charts/pure-pso/README.md', withValuesTable(await read('charts/pure-pso/README.md'), schema, defaults)],
    ['docs/options.md', optionsPage(schema, defaults)],
    ['docs/errors.md', errorsPage(await errorSites(ROOT))],
    ...(await monitoringFiles()),
  ]);
}

export async function writeAll(files: GeneratedFiles): Promise<void> {
  for (const [file, content] of files) {
    const target = path.join(ROOT, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}

/** Names of the files whose committed content differs or is missing. */
export async function differences(files: GeneratedFiles): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const [file, content] of files) {
    const committed = await readFile(path.join(ROOT, file), 'utf8').catch(() => null);
    if (committed !== content) stale.push(file);
  }
  return stale;
}
