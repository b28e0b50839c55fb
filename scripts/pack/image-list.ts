import { z } from 'zod';

const imageSchema = z.object({ name: z.string().min(1), tag: z.string() });

/** Every `{ name, tag }` below `images` of a chart's values. */
function* imagesBelow(value: unknown): Generator<z.output<typeof imageSchema>> {
  const image = imageSchema.safeParse(value);
  if (image.success) yield image.data;
  else if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) yield* imagesBelow(child);
  }
}

/** References of all images of a chart, one a line, as Rancher's scripts for air gaps read them. */
export function imageList(values: unknown, appVersion: string): string {
  const { images } = z.looseObject({ images: z.unknown() }).parse(values);
  const references = [...imagesBelow(images)].map(({ name, tag }) => `${name}:${tag === '' ? appVersion : tag}`);
  return references
    .sort()
    .map(reference => `${reference}\n`)
    .join('');
}
