import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Answer } from '../support/product/inside.ts';
import { requestInside } from '../support/product/inside.ts';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import { Story } from './story.ts';

let story: Story;

beforeAll(async () => {
  story = await Story.begin(await sharedProduct(), 'file-sharing');
  await story.apply();
  await story.awaitPods('files', 1);
}, PRODUCT_LIMIT_MS);

afterAll(() => story.end(), 300_000);

async function ask(method: string, file: string, body?: string): Promise<Answer> {
  const { address } = await story.readyPod('files');
  return requestInside(story.product.lab, method, `http://${address}:8080${file}`, body);
}

it('takes a file by PUT and gives it by GET', async () => {
  expect((await ask('MKCOL', '/shared/team')).status).toBe(201);
  // Created or replaced: on NFS the server cannot tell.
  expect([201, 204]).toContain((await ask('PUT', '/shared/team/plan.txt', 'the plan')).status);
  expect(await ask('GET', '/shared/team/plan.txt')).toEqual({ status: 200, text: 'the plan' });
}, 60_000);

it('writes as the ordinary user to whom the init container gave the folder, on the array too', async () => {
  const { volume, array, kind } = await story.placeOf('shared-files');
  expect(kind).toBe('file');
  const shared = await story.product.lab
    .guest('ar')
    .output(
      `cd /pool/files/roots/${array}/*${volume}/shared && stat -c '%u:%g %n' . team/plan.txt && cat team/plan.txt`,
    );
  expect(shared).toBe('33:33 .\n33:33 team/plan.txt\nthe plan');
}, 60_000);

it('cannot write where the folder is not its own', async () => {
  expect((await ask('PUT', '/outside.txt', 'no')).status).toBeGreaterThanOrEqual(400);
  expect((await ask('GET', '/outside.txt')).status).toBe(404);
}, 60_000);

it('has the file still when a second server is added and the first is replaced', async () => {
  await story.kubectl(['scale', 'deployment', 'files', '--replicas=2']);
  const before = await story.awaitPods('files', 2);
  for (const { address } of before) {
    const answer = await requestInside(story.product.lab, 'GET', `http://${address}:8080/shared/team/plan.txt`);
    expect(answer).toEqual({ status: 200, text: 'the plan' });
  }
  await story.kubectl(['rollout', 'restart', 'deployment', 'files']);
  await story.kubectl(['rollout', 'status', 'deployment', 'files', '--timeout=150s']);
  const after = await story.awaitPods('files', 2);
  expect(after.filter(({ name }) => before.some(old => old.name === name))).toEqual([]);
  expect(await ask('GET', '/shared/team/plan.txt')).toEqual({ status: 200, text: 'the plan' });
}, 300_000);
