import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Lab } from '../../lab/lab.ts';
import { sharedLab } from '../../lab/shared-lab.ts';
import { FleetService, fleetValuesFile, startFleetService } from '../../support/product/fleet-service.ts';
import {
  awaitDriverOnNodes,
  importDriverImage,
  isInstalled,
  NAMESPACE,
  RELEASE,
  testImage,
} from '../../support/product/install.ts';
import { newestHost } from '../ui-artefacts.ts';
import { ensureRancherArtefacts, type RancherArtefacts } from './rancher-artefacts.ts';
import { Rancher } from './rancher.ts';

/** One entry of `arrays.FlashArrays`. */
export interface ArrayEntry {
  readonly MgmtEndPoint: string;
  readonly APIToken: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly caBundle: string;
}

interface FleetValues {
  readonly arrays: { readonly FlashArrays: readonly ArrayEntry[]; readonly FlashBlades: readonly ArrayEntry[] };
}

/** Everything that stands behind the browser: a cluster, a simulated fleet, the product from the catalog, Rancher. */
export interface Stage {
  readonly artefacts: RancherArtefacts;
  readonly lab: Lab;
  readonly fleet: FleetService;
  readonly rancher: Rancher;
  /** Answers, but is not configured: for whoever adds an array. */
  readonly newArray: ArrayEntry;
  /** API tokens of the whole fleet. */
  readonly tokens: readonly string[];
  close(): Promise<void>;
}

/** With the driver's rounds of 20 s a fault is then told within a minute. */
const POLL_SECONDS = 20;
const SCENARIO = 'test/simulator/scenarios/demo.yaml';
/** Keys that no form of ours sets: they must survive every edit. */
export const FOREIGN_VALUES = { global: { cattle: { clusterName: 'local' } }, affinity: null };

export async function startStage(host = newestHost): Promise<Stage> {
  const artefacts = await ensureRancherArtefacts(host);
  const lab = await sharedLab();
  const [rancher, isThere] = await Promise.all([Rancher.start(lab, artefacts), isInstalled(lab)]);
  const fleet = isThere ? new FleetService(lab, fleetValuesFile(lab)) : await startFleet(lab);
  const { arrays } = parse(readFileSync(fleet.valuesFile, 'utf8')) as FleetValues;
  const [newArray, ...FlashArrays] = arrays.FlashArrays;
  if (newArray === undefined) throw new Error(`${SCENARIO} has no FlashArray.`);
  if (!isThere) {
    const values = {
      ...FOREIGN_VALUES,
      ...testImage,
      clusterID: 'lab',
      placement: { pollSeconds: POLL_SECONDS },
      arrays: { ...arrays, FlashArrays },
    };
    await rancher.install({ chart: 'pure-pso', release: RELEASE, namespace: NAMESPACE, values });
    await awaitDriverOnNodes(lab);
  }
  return {
    artefacts,
    lab,
    fleet,
    rancher,
    newArray,
    tokens: [...arrays.FlashArrays, ...arrays.FlashBlades].map(({ APIToken }) => APIToken),
    close: () => rancher.close(),
  };
}

async function startFleet(lab: Lab): Promise<FleetService> {
  const [fleet] = await Promise.all([startFleetService(lab, SCENARIO), importDriverImage(lab)]);
  return fleet;
}
