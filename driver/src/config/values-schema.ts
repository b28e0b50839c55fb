import * as z from 'zod';
import { classValues } from './values/classes.ts';
import { group, opt, scheduling } from './values/fields.ts';
import { clusterId, fleetValues } from './values/fleet.ts';
import { image, imageValues, olderSidecarImages } from './values/images.ts';
import { monitoringValues } from './values/monitoring.ts';
import { podValues } from './values/pods.ts';

/** Read when the newer key is absent. */
const olderSpellings = {
  namespace: group({ pure: opt(clusterId, 'PSO 5: clusterID.') }, 'PSO 5.'),
  image: image('driver (PSO 5: images.plugin)'),
  csi: olderSidecarImages,
  mounter: group(scheduling('the node plugin (PSO 5: nodeServer)'), 'PSO 5.'),
  flexDaemon: group(scheduling('the node plugin (Flex: nodeServer)'), 'PSO Flex.'),
  provisioner: group(scheduling('the controller (PSO 5: controllerServer)'), 'PSO 5.'),
};

/**
 * The Helm values: PSO 6.2.3's keys, older spellings of them, and our own. The single source of
 * charts/pure-pso/values.schema.json and docs/options.md (`npm run generate`).
 */
export const valuesSchema = z.looseObject({
  ...fleetValues,
  ...classValues,
  ...imageValues,
  ...podValues,
  ...monitoringValues,
  ...olderSpellings,
});
