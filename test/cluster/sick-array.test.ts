import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { getObject } from '../support/product/api.ts';
import { apply, kubectl } from '../support/product/cluster.ts';
import type { Product } from '../support/product/shared-product.ts';
import { PRODUCT_LIMIT_MS, sharedProduct } from '../support/product/shared-product.ts';
import { awaitBound, awaitReady, eventsOf } from '../support/product/workloads.ts';
import { claim, pod, storageClass } from './manifests.ts';

/** Of the three arrays with `env=dev`. */
const SICK = 'open-1';
const CLASS = 'three-arrays';
/** Longer than any call to an array may take. */
const FOR_EVER_MS = 45_000;
/** A poll, its time limit, and the guests' slowness. */
const NOTICED_MS = 120_000;
/** Each is a volume that somebody has to make and delete. */
const BETWEEN_CLAIMS_MS = 2_000;
/** With a healthy fleet a claim takes half a second here. */
const UNNOTICED_MS = 20_000;

let product: Product;

beforeAll(async () => {
  product = await sharedProduct();
  await apply(product.lab, storageClass(CLASS, { arraySelector: 'env=dev' }));
}, PRODUCT_LIMIT_MS);

afterAll(async () => {
  await kubectl(product.lab, ['delete', 'pod,pvc', '-l', 'test=sick-array', '--timeout=120s']);
  await kubectl(product.lab, ['delete', 'storageclass', CLASS]);
}, 180_000);

const labelled = (manifest: string): string => {
  const object = JSON.parse(manifest) as { readonly metadata: object };
  return JSON.stringify({ ...object, metadata: { ...object.metadata, labels: { test: 'sick-array' } } });
};

const fault = (rule: Readonly<Record<string, unknown>>) => () => product.fleet.addFault(SICK, rule);
const condition = (conditions: Readonly<Record<string, unknown>>) => () => product.fleet.change(SICK, conditions);

const SICKNESSES = [
  { name: 'down', begin: condition({ isDown: true }), end: condition({ isDown: false }), sentence: /open-1: .*(cannot be reached|did not answer)/ },
  { name: 'full', begin: condition({ fill: 0.97 }), end: condition({ fill: 0.2 }), sentence: /open-1: It would be 9\d\.\d % full/ },
  { name: 'slow', begin: fault({ kind: 'slow', delayMs: FOR_EVER_MS }), end: () => product.fleet.clearFaults(SICK), sentence: /open-1: .*(no complete answer|time)/ },
  {
    name: 'unauthenticated',
    begin: async () => {
      for (const where of [{}, { path: 'login' }]) await product.fleet.addFault(SICK, { kind: '401', ...where });
    },
    end: () => product.fleet.clearFaults(SICK),
    sentence: /open-1: .*refused the API token/,
  },
  { name: 'outdated', begin: condition({ restVersion: '2.2' }), end: condition({ restVersion: '2.56' }), sentence: /open-1: .*speaks no REST version/ },
] as const; // prettier-ignore

/** The sentence about the array in the event of a claim that is placed now. */
async function placed(name: string): Promise<string> {
  await apply(product.lab, labelled(claim({ name, class: CLASS })));
  await awaitBound(product.lab, name, UNNOTICED_MS);
  let message = '';
  await eventually(`the event of ${name}`, 30_000, async () => {
    const events = await eventsOf(product.lab, 'PersistentVolumeClaim', name);
    message = events.find(({ reason }) => reason === 'VolumePlaced')?.message ?? '';
    return message !== '';
  });
  return message;
}

async function arrayOf(name: string): Promise<string | undefined> {
  const { spec } = await getObject<{ spec: { volumeName: string } }>(
    product.lab,
    `/api/v1/namespaces/default/persistentvolumeclaims/${name}`,
  );
  const states = await product.fleet.states();
  return states.find(({ volumes }) => volumes.some(volume => volume.name.endsWith(spec.volumeName)))?.name;
}

describe.each(SICKNESSES)('one array of three is $name', ({ name, begin, end, sentence }) => {
  it('the others never notice, and the event says which is sick, and why', async () => {
    await begin();
    try {
      let message = '';
      let attempt = 0;
      const isToldOf = async (): Promise<boolean> => {
        attempt += 1;
        const claimName = `sick-${name}-${attempt}`;
        message = await placed(claimName).catch((error: unknown) => `none: ${String(error)}`);
        if (!sentence.test(message)) throw new Error(message);
        return (await arrayOf(claimName)) !== SICK;
      };
      await eventually(`an event with ${String(sentence)}`, NOTICED_MS, isToldOf, BETWEEN_CLAIMS_MS);
      await apply(product.lab, labelled(pod(`sick-${name}`, `sick-${name}-${attempt}`)));
      await awaitReady(product.lab, `sick-${name}`, 120_000);
      expect(message).toMatch(/placed on open-[23]/);
    } finally {
      await end();
    }
  }, 400_000);
});

it('takes volumes again when it is well', async () => {
  await eventually('an event that has nothing against it', NOTICED_MS, async () => {
    const message = await placed(`well-${Date.now()}`);
    return /placed on/.test(message) && !message.includes(`${SICK}: `);
  });
}, 200_000);
