import path from 'node:path';
import type { Lab } from '../lab/lab.ts';
import { eventually } from '../support/eventually.ts';
import { getObject } from '../support/product/api.ts';
import { applyFile, kubectl } from '../support/product/cluster.ts';
import { FleetService, startFleetService } from '../support/product/fleet-service.ts';
import { importDriverImage, installChart } from '../support/product/install.ts';
import { attachments, awaitBound, awaitReady, eventsOf, sql } from '../support/product/workloads.ts';
import type { Account } from './account.ts';
import { decisionLines } from './account.ts';

const MANIFESTS = path.join(import.meta.dirname, 'manifests');
export const CLAIM = 'demo-database';
export const POD = 'postgres-0';
const ROWS = 20_000;

export async function install(lab: Lab, scenario: string, account: Account): Promise<FleetService> {
  const [fleet] = await Promise.all([startFleetService(lab, scenario), importDriverImage(lab)]);
  account.step(`fleet of ${(await fleet.names()).length} simulated arrays is up, the driver's image is on the nodes`);
  await installChart(lab, { valuesFiles: [fleet.valuesFile] });
  account.step('chart installed by Helm; the driver is registered on every node');
  return fleet;
}

/** Claims 15 GiB and tells where they went and why, in the words of the claim's own event. */
export async function claim(lab: Lab, fleet: FleetService, account: Account): Promise<string> {
  await applyFile(lab, path.join(MANIFESTS, 'claim.yaml'));
  const milliseconds = await awaitBound(lab, CLAIM, 60_000);
  account.step(`claim ${CLAIM}: 15 GiB, only arrays with env=dev: Bound after ${Math.round(milliseconds)} ms`);
  let message = '';
  await eventually('the event that tells the placement', 15_000, async () => {
    message =
      (await eventsOf(lab, 'PersistentVolumeClaim', CLAIM)).find(event => event.reason === 'VolumePlaced')?.message ??
      '';
    return message !== '';
  });
  account.detail(decisionLines(message));
  return arrayOf(lab, fleet);
}

/** The array that holds the claim's volume, by looking at the arrays. */
async function arrayOf(lab: Lab, fleet: FleetService): Promise<string> {
  const path = `/api/v1/namespaces/default/persistentvolumeclaims/${CLAIM}`;
  const { spec } = await getObject<{ spec: { volumeName: string } }>(lab, path);
  const holders = (await fleet.states()).filter(array =>
    array.volumes.some(volume => volume.name.endsWith(spec.volumeName)),
  );
  if (holders.length !== 1) throw new Error(`${spec.volumeName} is on ${holders.length} arrays, expected one.`);
  return holders[0]?.name ?? '';
}

const COUNT = 'select count(*) from t';
const FILL = `create table t(i int, s text); insert into t select g, md5(g::text) from generate_series(1,${ROWS}) g; checkpoint; ${COUNT}`;

/** PostgreSQL on that claim, with rows; returns its node. */
export async function startDatabase(lab: Lab, fleet: FleetService, array: string, account: Account): Promise<string> {
  await applyFile(lab, path.join(MANIFESTS, 'postgres.yaml'));
  const node = await awaitReady(lab, POD, 120_000);
  account.step(`PostgreSQL is Ready on ${node}`);
  const [rows] = await Promise.all([sql(lab, POD, FILL), tellPaths(lab, fleet, array, node, account)]);
  account.detail(`rows in the database: ${rows}`);
  return node;
}

async function tellPaths(lab: Lab, fleet: FleetService, array: string, node: string, account: Account): Promise<void> {
  const [{ connections }, paths] = await Promise.all([fleet.state(array), lab.guest(node).output('multipath -ll')]);
  account.detail(
    `${array} connects it to: ${connections.map(({ host, lun }) => `${host ?? '?'} as LUN ${lun}`).join(', ')}`,
  );
  const active = paths.split('\n').filter(line => line.includes('active ready')).length;
  account.detail(`${node} sees it over ${active} active iSCSI paths`);
}

/** Drains the pod's node, as an administrator would before maintenance. */
export async function moveDatabase(
  lab: Lab,
  fleet: FleetService,
  array: string,
  from: string,
  account: Account,
): Promise<number> {
  const began = performance.now();
  await kubectl(lab, ['cordon', from]);
  await kubectl(lab, ['delete', 'pod', POD, '--wait=false']);
  const to = await awaitReady(lab, POD, 120_000, from);
  let rows = '';
  await eventually(`the database in ${POD} answers`, 60_000, async () => {
    rows = await sql(lab, POD, COUNT);
    return rows !== '';
  });
  const seconds = (performance.now() - began) / 1000;
  await kubectl(lab, ['uncordon', from]);
  account.step(`the database moved from ${from} to ${to} in ${seconds.toFixed(1)} s`);
  await tellPaths(lab, fleet, array, to, account);
  if (rows !== String(ROWS)) throw new Error(`${rows} rows after the move, expected ${ROWS}.`);
  account.detail(`rows in the database: ${rows}`);
  await eventually(`${from} holds no device or session of the volume`, 20_000, async () => {
    const { devices } = await attachments(lab, from);
    return devices === '';
  });
  const { connections } = await fleet.state(array);
  if (connections.length !== 1) throw new Error(`${array} still has ${connections.length} connections, expected one.`);
  account.detail(`${from} is clean: no connection on the array, no device, no multipath map`);
  return seconds;
}
