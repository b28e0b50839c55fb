import type { Lab } from '../../lab/lab.ts';
import { kubectl } from '../../support/product/cluster.ts';
import { NAMESPACE, RELEASE } from '../../support/product/install.ts';

const HERE = ['--namespace', NAMESPACE];
const CONTROLLER = ['deployment', '--selector=app.kubernetes.io/component=controller'];
const SILENT_MS = 20 * 60_000;

/** A state of the driver that pages tell. */
export interface MadeState {
  readonly state: 'absent' | 'too-old' | 'unreachable' | 'starting';
  readonly make: (lab: Lab) => Promise<void>;
  /** As it was before. */
  readonly end: (lab: Lab) => Promise<void>;
}

const lines = (text: string): readonly string[] => text.split('\n').filter(line => line !== '');
const named = async (lab: Lab, what: readonly string[]): Promise<readonly string[]> =>
  lines(await kubectl(lab, ['get', ...what, '--output=name']));

let revisions: readonly string[] = [];
/** Helm finds a release by this label of its Secrets. */
const absent: MadeState = {
  state: 'absent',
  make: async lab => {
    revisions = await named(lab, ['secrets', ...HERE, `--selector=owner=helm,name=${RELEASE}`]);
    await kubectl(lab, ['label', ...HERE, ...revisions, 'owner-']);
  },
  end: async lab => {
    await kubectl(lab, ['label', ...HERE, ...revisions, 'owner=helm']);
  },
};

let version = '';
const setVersion = async (lab: Lab, to: string): Promise<void> => {
  const patch = JSON.stringify({ spec: { chart: { metadata: { version: to } } } });
  await kubectl(lab, ['patch', 'apps.catalog.cattle.io', RELEASE, ...HERE, '--type=merge', `--patch=${patch}`]);
};
const tooOld: MadeState = {
  state: 'too-old',
  make: async lab => {
    const path = '--output=jsonpath={.spec.chart.metadata.version}';
    version = await kubectl(lab, ['get', 'apps.catalog.cattle.io', RELEASE, ...HERE, path]);
    await setVersion(lab, '0.0.9');
  },
  end: lab => setVersion(lab, version),
};

async function observed(lab: Lab, atMs: number): Promise<void> {
  const arrays = await named(lab, ['storagearrays.pure-pso.io']);
  const patch = JSON.stringify({ status: { observedAt: new Date(atMs).toISOString() } });
  await kubectl(lab, ['patch', ...arrays, '--subresource=status', '--type=merge', `--patch=${patch}`]);
}
/** What the driver said last is old. It says it anew when something changes: make it again then. */
const unreachable: MadeState = {
  state: 'unreachable',
  make: lab => observed(lab, Date.now() - SILENT_MS),
  end: lab => observed(lab, Date.now()),
};

const scale = (lab: Lab, replicas: number): Promise<string> =>
  kubectl(lab, ['scale', ...CONTROLLER, ...HERE, `--replicas=${replicas}`]);
let replicas = 0;
const starting: MadeState = {
  state: 'starting',
  make: async lab => {
    const path = '--output=jsonpath={.items[0].spec.replicas}';
    replicas = Number(await kubectl(lab, ['get', ...CONTROLLER, ...HERE, path]));
    await scale(lab, 0);
  },
  end: async lab => {
    await scale(lab, replicas);
    await kubectl(lab, ['rollout', 'status', ...CONTROLLER, ...HERE, '--timeout=120s'], { timeoutMs: 130_000 });
  },
};

/** The last takes longest to end. */
export const MADE_STATES: readonly MadeState[] = [absent, tooOld, unreachable, starting];
