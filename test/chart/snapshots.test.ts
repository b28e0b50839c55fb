import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ensure } from '../tools/ensure.ts';
import { helmTools } from '../tools/go-tools.ts';
import { TOOLS_TIMEOUT_MS } from './support/chart.ts';
import { conform } from './support/conform.ts';
import { caseNames, renderCase, snapshotFile } from './support/snapshots.ts';

beforeAll(async () => {
  await ensure(helmTools);
}, TOOLS_TIMEOUT_MS);

/** After a change that is meant: `npm run chart:snapshots`, and look at the difference. */
describe('rendered values files', () => {
  it.each(caseNames())(
    '%s is what was looked at, and Kubernetes knows it',
    async name => {
      const rendered = await renderCase(name);
      expect(rendered).toBe(await readFile(snapshotFile(name), 'utf8'));
      expect(await conform(rendered)).toEqual([]);
    },
    TOOLS_TIMEOUT_MS,
  );

  it('have no snapshot without values', () => {
    const files = readdirSync(path.dirname(snapshotFile('')));
    expect(files.sort()).toEqual(caseNames().map(name => path.basename(snapshotFile(name))));
  });
});
