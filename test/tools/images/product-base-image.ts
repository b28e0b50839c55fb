import path from 'node:path';
import { imageBase, readBaseLayers } from '../../../scripts/image/base-layers.ts';
import { writeOciArchive } from '../../../scripts/image/oci.ts';
import type { Artefact } from '../artefact.ts';
import { LAB_REGISTRY } from './lab-images.ts';

const OCI_SOURCES = ['oci.ts', 'tar.ts'].map(file => path.resolve(import.meta.dirname, '../../../scripts/image', file));

/** Keeps the base layers in a node's store: nothing runs it. */
export const PRODUCT_BASE_IMAGE = `${LAB_REGISTRY}/pure-pso-base:1`;

/** The fixed layers of the driver image, so that a node imports only the thin archive with the code. */
export const productBaseImage: Artefact = {
  name: 'product-base-image',
  title: 'image of the fixed layers of the driver',
  estimateSeconds: 3,
  weight: 'light',
  needs: [imageBase],
  hostPackages: [],
  inputs: () => ({ files: [...OCI_SOURCES, import.meta.filename], values: [] }),
  build: async context => {
    await writeOciArchive(path.join(context.out, 'pure-pso-base.tar'), {
      names: [PRODUCT_BASE_IMAGE],
      config: { Entrypoint: ['/usr/local/bin/node'] },
      layers: await readBaseLayers(context.path(imageBase)),
    });
  },
};
