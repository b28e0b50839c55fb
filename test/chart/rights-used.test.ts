import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ClaimEvents } from '../../driver/src/kube/claim-events.ts';
import { CsiNodes } from '../../driver/src/kube/csi-nodes.ts';
import type { KubeAnswer, KubeClient } from '../../driver/src/kube/kube-client.ts';
import { readOwnNode } from '../../driver/src/kube/node-labels.ts';
import { SnapshotContents } from '../../driver/src/kube/snapshot-contents.ts';
import { ManualClock } from '../../driver/src/lib/manual-clock.ts';
import { silentLogger } from '../../driver/src/lib/logger.ts';
import { find, render, TOOLS_TIMEOUT_MS } from './support/chart.ts';

/** `<group>/<resource>:<verb>` of one call, as the API server derives it for its authorizer. */
function right(method: string, address: string): string {
  const { pathname, searchParams } = new URL(address, 'https://kubernetes');
  const [, group = '', , resource = '', name] =
    /^\/(?:api|apis\/([^/]+))\/([^/]+)\/(?:namespaces\/[^/]+\/)?([^/]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
  const read = searchParams.has('watch') ? 'watch' : name === undefined ? 'list' : 'get';
  return `${group}/${resource}:${method === 'POST' ? 'create' : read}`;
}

/** Answers all calls with an empty list and keeps what they needed. */
class RecordingClient implements KubeClient {
  readonly rights = new Set<string>();

  request(method: 'GET' | 'POST', path: string): Promise<KubeAnswer> {
    this.rights.add(right(method, path));
    return Promise.resolve({ status: 200, body: { metadata: { resourceVersion: '1' }, items: [] } });
  }

  stream(path: string, _line: (text: string) => void, signal: AbortSignal): Promise<void> {
    this.rights.add(right('GET', path));
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

async function granted(role: string): Promise<ReadonlySet<string>> {
  const { rules } = find(await render({}), 'ClusterRole', role) as unknown as { rules: readonly Rule[] };
  return new Set(
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap(group => resources.flatMap(resource => verbs.map(verb => `${group}/${resource}:${verb}`))),
    ),
  );
}

const KUBE = path.resolve(import.meta.dirname, '../../driver/src/kube');

/** `<group>/<resource>` of every address in the sources of the parts that talk to the API server. */
async function addressed(): Promise<ReadonlySet<string>> {
  const files = (await readdir(KUBE)).filter(file => !file.endsWith('.test.ts'));
  const texts = await Promise.all(files.map(file => readFile(path.join(KUBE, file), 'utf8')));
  const addresses = texts.flatMap(text => text.match(/\/apis?\/[\w./${}()-]+/g) ?? []);
  return new Set(addresses.map(address => resourceOf(right('GET', address.replaceAll(/\$\{[^}]*\}/g, 'x')))));
}
const resourceOf = (needed: string): string => needed.slice(0, needed.lastIndexOf(':'));

describe('rights', () => {
  it(
    'of the controller are those that it uses, no more and no less',
    async () => {
      const client = new RecordingClient();
      const parts = { client, clock: new ManualClock(), logger: silentLogger };
      const stop = new AbortController();
      const watching = new SnapshotContents(parts).run(stop.signal);
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
      const rights = [...(await granted('pure-pso-driver'))];
      const recorded = new Set([...client.rights].map(resourceOf));
      expect(rights.filter(needed => recorded.has(resourceOf(needed))).sort()).toEqual([...client.rights].sort());
      // Parts that this test does not run may need more, but only what their sources name.
      const inSources = await addressed();
      expect(rights.filter(needed => !inSources.has(resourceOf(needed)))).toEqual([]);
    },
    TOOLS_TIMEOUT_MS,
  );

  it(
    'of the node plugin are those that it uses, no more and no less',
    async () => {
      const node = new RecordingClient();
      await readOwnNode(node, 'n1');
      expect(node.rights).toEqual(await granted('pure-pso-node'));
    },
    TOOLS_TIMEOUT_MS,
  );
});
