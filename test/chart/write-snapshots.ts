import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { caseNames, renderCase, snapshotFile } from './support/snapshots.ts';

/** Renders every values file of the chart's folder ci anew, for a look at the difference in git. */
for (const name of caseNames()) {
  await mkdir(path.dirname(snapshotFile(name)), { recursive: true });
  await writeFile(snapshotFile(name), await renderCase(name));
}
const kept = caseNames().map(name => path.basename(snapshotFile(name)));
const folder = path.dirname(snapshotFile(''));
for (const file of await readdir(folder)) {
  if (!kept.includes(file)) await rm(path.join(folder, file));
}
