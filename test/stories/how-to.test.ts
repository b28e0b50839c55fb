import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';

const PAGES = path.resolve(import.meta.dirname, '../../docs/how-to');

const stories = readdirSync(import.meta.dirname, { withFileTypes: true }).filter(entry => entry.isDirectory());

it.each(stories.map(({ name }) => name))('the page about %s shows the manifests that are tested', story => {
  const page = readFileSync(path.join(PAGES, `${story}.md`), 'utf8');
  const folder = path.join(import.meta.dirname, story);
  const manifests = readdirSync(folder).map(file => readFileSync(path.join(folder, file), 'utf8'));
  expect(manifests.filter(manifest => !page.includes(`\`\`\`yaml\n${manifest}\`\`\``))).toEqual([]);
});
