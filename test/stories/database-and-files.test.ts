import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requestInside } from '../support/product/inside.ts';
import type { Product } from '../support/product/shared-product.ts';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import { Story } from './story.ts';

const MANIFEST = path.join(import.meta.dirname, 'database-and-files/stack.yaml');
const FILE_CLASS = 'storageClassName: pure-file';

let product: Product;
let manifest: string;

beforeAll(async () => {
  [product, manifest] = await Promise.all([sharedProduct(), readFile(MANIFEST, 'utf8')]);
}, PRODUCT_LIMIT_MS);

it('names the class of its files in one line', () => {
  expect(manifest.split('\n').filter(line => line.includes(FILE_CLASS))).toHaveLength(1);
});

describe.each([
  ['as it is', 'file', (text: string) => text],
  ['with that line changed', 'block', (text: string) => text.replace(FILE_CLASS, 'storageClassName: pure-block')],
] as const)('a database and files, %s', (_title, kind, change) => {
  let story: Story;

  beforeAll(async () => {
    story = await Story.begin(product, 'database-and-files', `story-files-on-${kind}`);
    await story.apply(change(manifest));
    await story.awaitPods('stack', 1);
  }, 300_000);

  afterAll(() => story.end(), 300_000);

  const sql = (statement: string): Promise<string> =>
    story.exec('stack', `psql -h /tmp -U postgres -qAtc '${statement}'`, 'database');

  it(`has its database on block and its files on ${kind}`, async () => {
    expect((await story.placeOf('stack-database')).kind).toBe('block');
    expect((await story.placeOf('stack-files')).kind).toBe(kind);
  }, 60_000);

  it('keeps rows and files when its pod is made anew', async () => {
    await story.exec('stack', 'until psql -h /tmp -U postgres -qAtc "select 1"; do sleep 0.5; done', 'database');
    await sql('create table note(text text); insert into note values ($$a row$$)');
    await put('/note.txt', 'a file');
    await story.kubectl(['delete', 'pod', 'stack', '--timeout=120s']);
    await story.apply(change(manifest));
    await story.awaitPods('stack', 1);
    await story.exec('stack', 'until psql -h /tmp -U postgres -qAtc "select 1"; do sleep 0.5; done', 'database');
    expect(await sql('select text from note')).toBe('a row');
    expect(await requestInside(product.lab, 'GET', await url('/note.txt'))).toEqual({ status: 200, text: 'a file' });
  }, 400_000);

  async function put(file: string, text: string): Promise<void> {
    // Created or replaced: on NFS the server cannot tell.
    expect([201, 204]).toContain((await requestInside(product.lab, 'PUT', await url(file), text)).status);
  }

  const url = async (file: string): Promise<string> => `http://${(await story.readyPod('stack')).address}:8080${file}`;
});
