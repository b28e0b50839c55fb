import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ClaimEvents } from '../../driver/src/kube/claim-events.ts';
import { CsiNodes } from '../../driver/src/kube/csi-nodes.ts';
import type { ArrayState } from '../../driver/src/domain/array.ts';
import type { NodeReport } from '../../driver/src/domain/node-report.ts';
import type { KubeAnswer, KubeClient, KubeMethod } from '../../driver/src/kube/kube-client.ts';
import { Leadership } from '../../driver/src/kube/leadership.ts';
import { readOwnNode } from '../../driver/src/kube/node-labels.ts';
import { SnapshotContents } from '../../driver/src/kube/snapshot-contents.ts';
import { StorageArrays } from '../../driver/src/kube/storage-arrays.ts';
import { StorageNode } from '../../driver/src/kube/storage-node.ts';
import { ManualClock } from '../../driver/src/lib/manual-clock.ts';
import { silentLogger } from '../../driver/src/lib/logger.ts';
import { find, render, TOOLS_TIMEOUT_MS } from './support/chart.ts';

/** `<group>/<resource>[/<subresource>]` and whether the address is one object's. */
function resourceIn(address: string): { readonly resource: string; readonly isOne: boolean } {
  const { pathname } = new URL(address, 'https://kubernetes');
  const [, group = '', , kind = '', name, part] =
    /^\/(?:api|apis\/([^/]+))\/([^/]+)\/(?:namespaces\/[^/]+\/)?([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(pathname) ??
    [];
  return { resource: `${group}/${kind}${part === undefined ? '' : `/${part}`}`, isOne: name !== undefined };
}

const VERBS: Readonly<Record<KubeMethod, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** `<resource>:<verb>` of one call, as the API server derives them for its authorizer. */
function rightsOf(method: KubeMethod, address: string): readonly string[] {
  const { resource, isOne } = resourceIn(address);
  if (method === 'GET' && !isOne) return [`${resource}:${address.includes('watch=') ? 'watch' : 'list'}`];
  // A server-side apply makes what is not there.
  const makes = method === 'PATCH' && !resource.endsWith('/status');
  return [`${resource}:${VERBS[method]}`, ...(makes ? [`${resource}:create`] : [])];
}

/** Keeps what each call needed; lists hold one object that the driver made once, all else is answered as done. */
class RecordingClient implements KubeClient {
  readonly rights = new Set<string>();

  request(method: KubeMethod, path: string): Promise<KubeAnswer> {
    for (const right of rightsOf(method, path)) this.rights.add(right);
    const items = path.includes('storagearrays') ? [{ metadata: { name: 'of-before' } }] : [];
    return Promise.resolve({ status: 200, body: { metadata: { resourceVersion: '1' }, items } });
  }

  stream(path: string, _line: (text: string) => void, signal: AbortSignal): Promise<void> {
    for (const right of rightsOf('GET', path)) this.rights.add(right);
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  }

  async get(path: string): Promise<KubeAnswer> {
    return this.request('GET', path);
  }
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

async function granted(kind: 'ClusterRole' | 'Role', name: string): Promise<ReadonlySet<string>> {
  const { rules } = find(await render({}), kind, name) as unknown as { rules: readonly Rule[] };
  return new Set(
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap(group => resources.flatMap(resource => verbs.map(verb => `${group}/${resource}:${verb}`))),
    ),
  );
}

const KUBE = path.resolve(import.meta.dirname, '../../driver/src/kube');

/** `<group>/<resource>` of every address in the sources of the parts that talk to the API server. */
async function addressed(): Promise<ReadonlySet<string>> {
  const files = (await readdir(KUBE)).filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const texts = await Promise.all(files.map(file => readFile(path.join(KUBE, file), 'utf8')));
  const addresses = texts.flatMap(text => text.match(/\/apis?\/[\w./${}()-]+/g) ?? []);
  return new Set(addresses.map(address => resourceIn(address.replaceAll(/\$\{[^}]*\}/g, 'x')).resource));
}
const resourceOf = (needed: string): string => needed.slice(0, needed.lastIndexOf(':'));

const array: ArrayState = {
  settings: { endpoint: 'fa1', kind: 'flasharray', labels: {}, cordoned: false },
  observation: null,
  trouble: 'away',
};

const nodeReport: NodeReport = {
  name: 'n1',
  uid: '',
  driverVersion: '1.2.3',
  addresses: [],
  initiators: {},
  topology: {},
  paths: { sessions: 0, sessionsDown: 0, volumes: 0, pathsDown: 0 },
  findings: [],
};

function storageArrays(client: KubeClient, clock: ManualClock): StorageArrays {
  const leadership = new Leadership({
    client,
    clock,
    logger: silentLogger,
    namespace: 'storage',
    name: 'l',
    identity: 'one',
  });
  const fleet = { arrays: () => [array], isWhole: () => true, pollMs: 1 };
  return new StorageArrays({ client, clock, logger: silentLogger, leadership, ...fleet });
}

describe('rights', () => {
  it(
    'of the controller are those that it uses, no more and no less',
    async () => {
      const client = new RecordingClient();
      const parts = { client, clock: new ManualClock(), logger: silentLogger };
      const stop = new AbortController();
      const arrays = storageArrays(client, parts.clock);
      const watching = Promise.all([new SnapshotContents(parts).run(stop.signal), arrays.run(stop.signal)]);
      new ClaimEvents(parts).tell({
        namespace: 'a',
        claim: 'b',
        uid: null,
        type: 'Normal',
        reason: 'VolumePlaced',
        message: '',
      });
      await new CsiNodes(client).nodeIds();
      await parts.clock.advance(0);
      stop.abort();
      await watching;
      const leases = [...client.rights].filter(needed => needed.includes('/leases:'));
      expect([...(await granted('Role', 'pure-pso-sidecars'))]).toEqual(expect.arrayContaining(leases));
      const needs = [...client.rights].filter(needed => !leases.includes(needed));
      const rights = [...(await granted('ClusterRole', 'pure-pso-driver'))];
      const recorded = new Set(needs.map(resourceOf));
      expect(rights.filter(needed => recorded.has(resourceOf(needed))).sort()).toEqual(needs.sort());
      // Parts that this test does not run may need more, but only what their sources name.
      const inSources = await addressed();
      const explained = (needed: string) => recorded.has(resourceOf(needed)) || inSources.has(resourceOf(needed));
      expect(rights.filter(needed => !explained(needed))).toEqual([]);
    },
    TOOLS_TIMEOUT_MS,
  );

  it(
    'of the node plugin are those that it uses, no more and no less',
    async () => {
      const node = new RecordingClient();
      const clock = new ManualClock();
      const stop = new AbortController();
      await readOwnNode(node, 'n1');
      const reporting = new StorageNode({
        client: node,
        clock,
        logger: silentLogger,
        read: () => Promise.resolve(nodeReport),
      }).run(stop.signal);
      await clock.advance(0);
      stop.abort();
      await reporting;
      expect(node.rights).toEqual(await granted('ClusterRole', 'pure-pso-node'));
    },
    TOOLS_TIMEOUT_MS,
  );
});
