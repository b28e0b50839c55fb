import * as z from 'zod';
import { group, objectName, opt } from './fields.ts';

const pullPolicy = z.enum(['Always', 'IfNotPresent', 'Never']);
const reference = z
  .string()
  .max(255)
  .regex(/^[\w./:@-]*$/, 'must be an image name without white space');
const tag = z
  .string()
  .max(128)
  .regex(/^(\w[\w.-]*)?$/, 'must be an image tag');
const registry = z
  .string()
  .max(255)
  .regex(/^[\w./:-]*$/, 'must be a registry like registry.example.com:5000/mirror');

export const image = (what: string) =>
  group(
    {
      name: opt(reference, `Image of the ${what}, without tag. One with a registry of its own is used as it is.`),
      tag: opt(tag, `Tag of the ${what}'s image.`),
      pullPolicy: opt(pullPolicy, `Pull policy of the ${what}'s image.`),
    },
    `Image of the ${what}.`,
  );

const SIDECARS = ['provisioner', 'attacher', 'resizer', 'snapshotter'] as const;

const pullSecrets = z.array(z.union([objectName, z.looseObject({ name: objectName })]));

export const imageValues = {
  images: group(
    {
      registry: opt(
        registry,
        'Registry of all images instead of their own, e.g. a mirror; before global.cattle.systemDefaultRegistry.',
      ),
      plugin: image('driver'),
      csi: group(Object.fromEntries(SIDECARS.map(name => [name, image(name)])), 'Images of the CSI sidecars.'),
    },
    'Images. Names that PSO used are replaced by ours.',
  ),
  imagePullSecrets: opt(pullSecrets, 'Secrets for pulling images.'),
  global: group(
    {
      cattle: group({ systemDefaultRegistry: opt(registry, 'Registry that Rancher sets for a cluster.') }, 'Rancher.'),
      imagePullSecrets: opt(pullSecrets, 'Secrets for pulling images, for all charts of a release.'),
    },
    'What Rancher and parent charts set for all charts.',
  ),
};

/** PSO 5 wrote `csi.<sidecar>.image`. */
export const olderSidecarImages = group(
  Object.fromEntries(
    SIDECARS.map(name => [name, group({ image: image(`${name} (PSO 5: images.csi.${name})`) }, 'PSO 5.')]),
  ),
  'PSO 5: images.csi.',
);
