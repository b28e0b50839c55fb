import { describe, expect, it } from '@jest/globals';
import type { ArrayState } from '../domain/array.ts';
import { ControllerMetrics } from './controller-metrics.ts';
import type { ArrayReading } from './fleet-metrics.ts';
import { METRIC_CATALOGUE } from './metric-catalogue.ts';
import { NodeMetrics } from './node-metrics.ts';
import type { VolumeReading } from './volume-metrics.ts';

const usage = { startedAtSeconds: 1, cpuSeconds: 2, residentBytes: 3, busyRatio: 0.5 };

const state = (endpoint: string, trouble: string | null = null): ArrayState => ({
  settings: { endpoint, kind: 'flasharray', labels: {}, cordoned: false },
  trouble,
  observation: {
    identity: {
      id: 'i',
      name: `name-${endpoint}`,
      kind: 'flasharray',
      model: 'FA-X20',
      purityVersion: '6.4',
      restVersion: '2.20',
    },
    capacity: { totalBytes: 1000, usedBytes: 400, provisionedBytes: null },
    load: { iops: 7, bytesPerSecond: 70, latencyMicroseconds: 500, queueMicroseconds: 100 },
    protocols: ['iscsi'],
    supportsQos: true,
    warnings: ['CT1 is not ready.'],
    observedAtMs: 2000,
  },
});
const reading = (endpoint: string, trouble: string | null = null): ArrayReading => ({
  state: state(endpoint, trouble),
  silentMs: trouble === null ? null : 3000,
  traffic: { queued: 4, running: 2, runningLimit: 16, isBreakerOpen: trouble !== null },
  reservedBytes: 9,
});
const volume: VolumeReading = {
  persistentVolume: 'pv-1',
  phase: 'Bound',
  namespace: 'shop',
  claim: 'db',
  storageClass: 'pure-block',
  sizeBytes: 1024,
  project: 'p-1',
  array: 'a',
  arrayVolume: 'k8s-pvc-1',
};
const scrape = async (
  metrics: ControllerMetrics,
  arrays: readonly ArrayReading[],
  volumes: readonly VolumeReading[] | null,
) => (await metrics.scrape({ nowMs: 5000, arrays, volumes, process: usage })).body.split('\n');

describe('the metrics of the controller', () => {
  it('show each array as it was observed, and nothing of one that is gone', async () => {
    const metrics = new ControllerMetrics({ version: '1', maxUsedPercent: 90 });
    const lines = await scrape(metrics, [reading('a'), reading('b', 'It does not answer.')], null);
    expect(lines).toEqual(
      expect.arrayContaining([
        'pso_array_up{array="a"} 1',
        'pso_array_up{array="b"} 0',
        'pso_array_silent_seconds{array="b"} 3',
        'pso_array_observation_age_seconds{array="a"} 3',
        'pso_array_used_bytes{array="a"} 400',
        'pso_array_latency_seconds{array="a"} 0.0005',
        'pso_array_warnings{array="a"} 1',
        'pso_rest_queued_calls{array="a"} 4',
        'pso_rest_breaker_open{array="b"} 1',
        'pso_placement_reserved_bytes{array="a"} 9',
        'pso_array_info{array="a",name="name-a",kind="flasharray",model="FA-X20",purity="6.4",rest="2.20"} 1',
      ]),
    );
    expect(lines.join('\n')).not.toContain('pso_array_provisioned_bytes{');
    expect((await scrape(metrics, [reading('a')], null)).join('\n')).not.toContain('array="b"');
  });

  it('count decisions, and by which filter each array was passed over', async () => {
    const metrics = new ControllerMetrics({ version: '1', maxUsedPercent: 90 });
    const full = { endpoint: 'b', refusal: { filter: 'capacity' }, scores: null };
    metrics.decision({ chosen: 'a', verdicts: [{ endpoint: 'a', refusal: null, scores: { cost: 0.25 } }, full] });
    metrics.decision({ chosen: null, verdicts: [full] });
    expect(await scrape(metrics, [], null)).toEqual(
      expect.arrayContaining([
        'pso_placement_decisions_total{array="a"} 1',
        'pso_placement_decisions_total{array=""} 1',
        'pso_placement_refusals_total{array="b",filter="capacity"} 2',
        'pso_placement_cost_ratio_bucket{le="0.2"} 0',
        'pso_placement_cost_ratio_bucket{le="0.3"} 1',
        'pso_placement_cost_ratio_count 1',
      ]),
    );
  });

  it('show bound volumes by claim, and count the others', async () => {
    const metrics = new ControllerMetrics({ version: '1', maxUsedPercent: 90 });
    const released = { ...volume, persistentVolume: 'pv-2', phase: 'Released' };
    const text = (await scrape(metrics, [], [volume, released])).join('\n');
    expect(text).toContain(
      'pso_volume_info{namespace="shop",persistentvolumeclaim="db",persistentvolume="pv-1",storageclass="pure-block",project="p-1",array="a",array_volume="k8s-pvc-1"} 1',
    );
    expect(text).toContain('pso_volumes{array="a",storageclass="pure-block",phase="Released"} 1');
    expect(text).not.toContain('pv-2');
    expect((await scrape(metrics, [], [])).join('\n')).not.toContain('pv-1');
  });

  it('count processor time and no more after two scrapes', async () => {
    const metrics = new ControllerMetrics({ version: '1', maxUsedPercent: 90 });
    await scrape(metrics, [], null);
    expect(await scrape(metrics, [], null)).toContain('pso_process_cpu_seconds_total 2');
  });
});

describe('the metrics of the node plugin', () => {
  const health = {
    sessions: [{ isLoggedIn: true }, { isLoggedIn: false }],
    controllers: [{ isLive: true }, { isLive: true }, { isLive: false }],
    fcPaths: [{ isOnline: true }, { isOnline: true }, { isOnline: true }, { isOnline: false }],
    volumes: [
      { wwid: 'w1', running: 2, down: 0 },
      { wwid: 'w2', running: 1, down: 1 },
      { wwid: 'w3', running: 0, down: 2 },
    ],
  };

  it('sum up paths and volumes, and name volumes only when asked to', async () => {
    const detailed = (await new NodeMetrics({ version: '1', hasVolumeSeries: true }).scrape(health, usage)).body;
    for (const line of [
      'pso_node_paths{state="down"} 3',
      'pso_node_volumes{health="healthy"} 1',
      'pso_node_volumes{health="degraded"} 1',
      'pso_node_volumes{health="failed"} 1',
      'pso_node_iscsi_sessions{state="failed"} 1',
      'pso_node_nvme_controllers{state="live"} 2',
      'pso_node_nvme_controllers{state="failed"} 1',
      'pso_node_fc_paths{state="online"} 3',
      'pso_node_fc_paths{state="away"} 1',
      'pso_node_volume_paths{wwid="w2",state="down"} 1',
    ]) {
      expect(detailed.split('\n')).toContain(line);
    }
    const sums = (await new NodeMetrics({ version: '1', hasVolumeSeries: false }).scrape(health, usage)).body;
    expect(sums).not.toContain('w2');
  });
});

describe('the catalogue of metrics', () => {
  it('uses base units in names, and sentences', () => {
    const endings = { seconds: '_seconds', bytes: '_bytes', ratio: '_ratio', 'bytes per second': '_bytes_per_second' };
    for (const [name, metric] of Object.entries(METRIC_CATALOGUE)) {
      const stem = name.replace(/_total$/, '');
      expect(name).toMatch(/^pso_[a-z][a-z_]*$/);
      expect(`${name}: ${metric.help}`).toMatch(/: [A-Zi].*\.$/);
      expect(`${name} ${name.endsWith('_total')}`).toBe(`${name} ${metric.type === 'counter'}`);
      const ending = (endings as Partial<Record<string, string>>)[metric.unit];
      if (ending !== undefined) expect(stem).toMatch(new RegExp(`${ending}$`));
    }
  });
});
