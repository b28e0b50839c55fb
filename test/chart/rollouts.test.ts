import { beforeAll, describe, expect, it } from '@jest/globals';
import { CONTROLLER_SETTINGS, NODE_SETTINGS, settingsSchema } from '../../driver/src/config/settings-schema.ts';
import { ensure } from '../tools/ensure.ts';
import { helmTools } from '../tools/go-tools.ts';
import { find, render, TOOLS_TIMEOUT_MS, type KubeObject } from './support/chart.ts';

const BASE = { clusterID: 'lab' };
/** Values that change settings; between them every one. */
const CHANGES: Readonly<Record<string, object>> = {
  'another cluster id': { clusterID: 'other' },
  'a log level': { logLevel: 'debug' },
  'another protocol': { flasharray: { sanType: 'NVMEOF-TCP' } },
  'a further protocol': { flasharray: { moreSanTypes: ['FC'] } },
  'portals that may be used': { flasharray: { iSCSIAllowedCIDR: '10.0.0.0/24' } },
  'a time for logins': { flasharray: { iSCSILoginTimeout: 30 } },
  'another file system': { flasharray: { defaultFSType: 'ext4' } },
  'other mount options': { flasharray: { defaultMountOpt: ['noatime'] } },
  'export rules': { flashblade: { exportRules: '10.0.0.0/24(rw)' } },
  'a snapshot directory': { flashblade: { snapshotDirectoryEnabled: true } },
  'another limit of fullness': { placement: { maxUsedPercent: 80 } },
  'other times of placement': { placement: { pollSeconds: 30, doubtWindowSeconds: 5 } },
  'no metrics of volumes': { monitoring: { volumes: false } },
  'no custom resources': { customResources: { create: false } },
};
const READERS = {
  Deployment: { name: 'pure-pso-controller', settings: new Set<string>(CONTROLLER_SETTINGS) },
  DaemonSet: { name: 'pure-pso-node', settings: new Set<string>(NODE_SETTINGS) },
} as const;
type Workload = keyof typeof READERS;
const WORKLOADS: readonly Workload[] = ['Deployment', 'DaemonSet'];
/** The provisioner and the attacher get the default file system as an argument. */
const ALSO: ReadonlySet<string> = new Set(['Deployment defaultFsType']);

type Settings = Readonly<Record<string, unknown>>;

const settingsOf = (objects: readonly KubeObject[]): Settings => {
  const { data } = find(objects, 'ConfigMap', 'pure-pso-settings') as KubeObject & { data: Record<string, string> };
  return JSON.parse(data['settings.json'] ?? '') as Settings;
};
const templateOf = (objects: readonly KubeObject[], kind: Workload): unknown =>
  (find(objects, kind, READERS[kind].name) as KubeObject & { spec: { template: unknown } }).spec.template;

let before: readonly KubeObject[] = [];
const seen = new Set<string>();
beforeAll(async () => {
  await ensure(helmTools);
  before = await render(BASE);
}, TOOLS_TIMEOUT_MS);

describe('a change of settings', () => {
  it.each(Object.entries(CHANGES))('replaces only pods that read it: %s', async (_name, values) => {
    const after = await render({ ...BASE, ...values });
    const [old, now] = [settingsOf(before), settingsOf(after)];
    const changed = Object.keys(now).filter(key => JSON.stringify(now[key]) !== JSON.stringify(old[key]));
    expect(changed.length).toBeGreaterThan(0);
    for (const key of changed) seen.add(key);
    const isReplaced = (kind: Workload) =>
      JSON.stringify(templateOf(after, kind)) !== JSON.stringify(templateOf(before, kind));
    const reads = (kind: Workload) =>
      changed.some(key => READERS[kind].settings.has(key) || ALSO.has(`${kind} ${key}`));
    expect(WORKLOADS.filter(isReplaced)).toEqual(WORKLOADS.filter(reads));
  });

  it('is tried for every setting, and each is read by somebody', () => {
    const all = Object.keys(settingsSchema.shape).sort();
    expect([...seen].sort()).toEqual(all);
    expect([...new Set([...CONTROLLER_SETTINGS, ...NODE_SETTINGS])].sort()).toEqual(all);
  });
});
