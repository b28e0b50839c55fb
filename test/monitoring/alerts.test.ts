import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller } from '../../driver/src/gen/csi_pb.js';
import { ALERTS } from '../../scripts/generate/monitoring/alerts.ts';
import { promql } from '../../scripts/generate/monitoring/expressions.ts';
import { DASHBOARDS, rulesFile } from '../../scripts/generate/monitoring/outputs.ts';
import { createRequest } from '../bench/requests.ts';
import type { RunningArray, RunningFleet } from '../simulator/fleet.ts';
import { startFleet } from '../simulator/fleet.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { startController } from '../support/controller-process.ts';
import type { CsiConnection } from '../support/csi-client.ts';
import { connectCsi } from '../support/csi-client.ts';
import { eventually } from '../support/eventually.ts';
import { ensure } from '../tools/ensure.ts';
import { prometheusTools } from '../tools/go-tools.ts';
import type { DashboardJson } from './picture/dashboard-json.ts';
import { dashboardPicture } from './picture/dashboard-picture.ts';
import { filled, panelData } from './picture/panel-data.ts';
import { THEMES } from './picture/theme.ts';
import type { Prometheus } from './support/prometheus.ts';
import { startPrometheus } from './support/prometheus.ts';
import { promtool } from './support/promtool.ts';
import type { MetricPage } from './support/stand-ins.ts';
import { HALF_BROKEN, HEALTHY, serveNode, serveVolumes } from './support/stand-ins.ts';

/** A minute of the rules is a second here. */
const SPEED = 60;
const TOOLS_LIMIT_MS = 1_800_000;
const LIMIT_MS = 420_000;
const ARRAYS = ['calm', 'down', 'full', 'worn', 'slow', 'queued', 'failing'];
const FILES = path.resolve(import.meta.dirname, '../../charts/pure-pso/files/monitoring/dashboards');
const PICTURES = path.resolve(import.meta.dirname, '../../build/monitoring');
/** The controller away: apart, as everything else falls silent with it. */
const ABSENT = 'PsoControllerAbsent';

let fleet: RunningFleet;
let driver: ControllerProcess;
let csi: CsiConnection;
let prometheus: Prometheus;
let node: Awaited<ReturnType<typeof serveNode>>;
let volumes: MetricPage;
let health = HEALTHY;
const calls = new AbortController();

const create = (parameters: Readonly<Record<string, string>>, timeoutMs = 5000): Promise<unknown> => {
  const request = createRequest(crypto.randomUUID());
  return csi
    .service(Controller)
    .createVolume({ ...request, parameters: { ...request.parameters, ...parameters } }, timeoutMs)
    .catch(() => null);
};

beforeAll(async () => {
  await ensure(prometheusTools);
  fleet = await startFleet({ arrays: ARRAYS.map(name => ({ name, labels: { name } })) }, { validates: false });
  driver = await startController(fleet.arrays, { settings: { pollSeconds: 5 } });
  csi = connectCsi(driver.csiEndpoint);
  node = await serveNode(() => health);
  volumes = await serveVolumes(['calm', 'queued'].map(name => fleet.find(name).endpoint));
  prometheus = await startPrometheus(
    [
      { address: `127.0.0.1:${driver.httpPort}`, labels: { node: 'control' } },
      { address: node.address, labels: { node: 'worker-1' } },
      { address: volumes.address, labels: { node: 'control' } },
    ],
    await rulesFile(SPEED),
  );
}, TOOLS_LIMIT_MS);

afterAll(async () => {
  calls.abort();
  csi.close();
  await prometheus.stop();
  await driver.stop();
  await Promise.all([node.close(), volumes.close(), fleet.close()]);
});

const conditions = (array: RunningArray) => array.array.core.state.conditions;

/** Breaks everything that an alert watches, each on an array of its own. Returns what mends it again. */
async function breakEverything(): Promise<() => Promise<void>> {
  const [down, full, worn, slow, queued, failing] = ['down', 'full', 'worn', 'slow', 'queued', 'failing'].map(name => fleet.find(name)) as [RunningArray, RunningArray, RunningArray, RunningArray, RunningArray, RunningArray]; // prettier-ignore
  const file = path.join(driver.dir, 'pure.json');
  const good = await readFile(file, 'utf8');
  const before = conditions(full).fill;
  down.array.isDown = true;
  conditions(full).fill = 0.97;
  conditions(worn).controllers.CT1 = 'not ready';
  conditions(slow).load = 1.5;
  failing.faults.add({ kind: '500', method: 'GET' });
  // What changes rarely is read again every ten minutes, or when an entry changes: so the worn array's does, and one is wrong.
  const entries = (JSON.parse(good) as { FlashArrays: { MgmtEndPoint: string; Labels: object }[] }).FlashArrays;
  const changed = entries.map(entry =>
    entry.MgmtEndPoint === worn.endpoint ? { ...entry, Labels: { worn: 'yes' } } : entry,
  );
  await writeFile(file, JSON.stringify({ FlashArrays: [...changed, { MgmtEndPoint: '10.0.0.1', Labels: 7 }] }));
  queued.faults.add({ kind: 'slow', method: 'POST', path: 'volumes', delayMs: 6000 });
  health = HALF_BROKEN;
  return async () => {
    calls.abort();
    down.array.isDown = false;
    conditions(full).fill = before;
    conditions(worn).controllers.CT1 = 'ready';
    conditions(slow).load = 0;
    conditions(slow).fill = before;
    await writeFile(file, good);
    failing.faults.clear();
    queued.faults.clear();
    health = HEALTHY;
  };
}

/** Keeps asking for what can't be had, what can, and what takes long, until it is told to stop. */
async function keepCalling(): Promise<void> {
  for (let turn = 0; !calls.signal.aborted; turn += 1) {
    void create({ arraySelector: 'name=nowhere' });
    void create({ arraySelector: 'name=down' });
    void create({ arraySelector: 'name=calm' });
    if (turn % 20 === 0)
      for (let call = 0; call < 150; call += 1) void create({ arraySelector: 'name=queued' }, 90_000);
    const growing = conditions(fleet.find('slow'));
    growing.fill = Math.min(0.8, growing.fill + 0.005);
    node.metrics.step('attach', true, 0.4);
    node.metrics.step('login', false, 5);
    node.metrics.rpc('NodeStageVolume', 'ok', 0.7);
    await sleep(500);
  }
}

const firing = async (): Promise<ReadonlySet<string>> =>
  new Set((await prometheus.alerts()).filter(({ state }) => state === 'firing').map(({ name }) => name));

/** Every dashboard as a picture in `build/monitoring`, light and dark, to be looked at. Arrays have names in it, not ports. */
async function drawDashboards(fromMs: number): Promise<void> {
  const names = new Map(ARRAYS.map(name => [fleet.find(name).endpoint, `${name}.example.com`]));
  const range = { fromMs, toMs: Date.now() };
  await mkdir(PICTURES, { recursive: true });
  for (const name of Object.keys(DASHBOARDS)) {
    const dashboard = JSON.parse(await readFile(path.join(FILES, `${name}.json`), 'utf8')) as DashboardJson;
    const data = await Promise.all(dashboard.panels.map(panel => panelData(prometheus, panel, range, names)));
    for (const [theme, colors] of Object.entries(THEMES)) {
      await writeFile(
        path.join(PICTURES, `${name}-${theme}.svg`),
        dashboardPicture({ dashboard, data, range }, colors),
      );
    }
  }
}

describe('a real Prometheus that reads the running driver', () => {
  it(
    'fires each alert in its scenario, has data for every panel, and clears each alert afterwards',
    async () => {
      await eventually('all targets are read', 60_000, async () => (await prometheus.healthyTargets()) === 3);
      await eventually('nothing is wrong', 60_000, async () => (await firing()).size === 0);
      const fromMs = Date.now() - 15_000;
      const expected = ALERTS.map(({ name }) => name).filter(name => name !== ABSENT);
      const fired = new Set<string>();
      const mend = await breakEverything();
      const calling = keepCalling();
      await eventually('every alert fired', 200_000, async () => {
        for (const name of await firing()) fired.add(name);
        const missing = expected.filter(name => !fired.has(name));
        if (missing.length > 0) throw new Error(`silent: ${missing.join(', ')}`);
        return true;
      });
      const alerts = await prometheus.alerts();
      // Others, too, may stay silent for a while under what they are made to suffer.
      expect(alerts.filter(({ name }) => name === 'PsoArrayDown').map(({ summary }) => summary)).toContain(
        `Array ${fleet.find('down').endpoint} does not answer.`,
      );
      expect(alerts.find(({ name }) => name === 'PsoNodePathsDown')?.labels.node).toBe('worker-1');
      const empty: string[] = [];
      for (const { title, panels } of Object.values(DASHBOARDS)) {
        for (const panel of panels) {
          for (const { expression } of panel.queries) {
            const samples = await prometheus.query(filled(promql(expression)));
            if (!samples.some(({ value }) => Number.isFinite(value))) empty.push(`${title}: ${panel.title}`);
          }
        }
      }
      expect(empty).toEqual([]);
      await drawDashboards(fromMs);
      await mend();
      await calling;
      await eventually('every alert cleared', 200_000, async () => {
        const left = await firing();
        if (left.size > 0) throw new Error(`still firing: ${[...left].join(', ')}`);
        return true;
      });
    },
    LIMIT_MS,
  );

  it('serves metrics against which promtool has nothing to say', async () => {
    for (const address of [`127.0.0.1:${driver.httpPort}`, node.address]) {
      const page = await (await fetch(`http://${address}/metrics`)).text();
      expect(page).toContain('pso_rpc_seconds_bucket');
      expect(await promtool(['check', 'metrics'], page)).toEqual({ code: 0, text: '' });
    }
  }, 60_000);

  it(
    'says when no controller runs, and no more when one does',
    async () => {
      const { httpPort } = driver;
      await driver.stop();
      await eventually('the alert fires', 60_000, async () => (await firing()).has(ABSENT));
      driver = await startController(fleet.arrays, { settings: { pollSeconds: 5 }, httpPort });
      await eventually('the alert clears', 60_000, async () => !(await firing()).has(ABSENT));
    },
    LIMIT_MS,
  );
});

describe('promtool', () => {
  it('accepts the rules', async () => {
    const file = path.resolve(import.meta.dirname, '../../charts/pure-pso/files/monitoring/rules.yaml');
    const { code, text } = await promtool(['check', 'rules', '--lint=all', '--lint-fatal', file]);
    expect(text).toContain(`SUCCESS: ${ALERTS.length} rules found`);
    expect(code).toBe(0);
  }, 60_000);
});
