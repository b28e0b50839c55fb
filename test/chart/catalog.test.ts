import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { packCatalog } from '../../scripts/pack/pack-catalog.ts';
import { ensure } from '../tools/ensure.ts';
import { helmTools } from '../tools/go-tools.ts';
import { CHART, find, objectsIn, render, run, TOOLS_TIMEOUT_MS, type KubeObject, type Ran } from './support/chart.ts';
import { ROOT } from './support/chart-files.ts';
import { pod } from './support/pod.ts';

interface Plugin {
  readonly name: string;
  readonly version: string;
  readonly endpoint: string;
  readonly metadata: Readonly<Record<string, string>>;
}

let folder: string;
let server: Server;
let address: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catalog-'));
  server = createServer((request, response) => {
    readFile(path.join(folder, request.url ?? '')).then(
      content => response.end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await pack(`${address}/`);
}, TOOLS_TIMEOUT_MS);
afterEach(async () => {
  await new Promise(resolve => server.close(resolve));
  await rm(folder, { recursive: true });
});

const MANIFEST = path.join(ROOT, 'pkg/pso-ui/package.json');

/** The bundle of the extension is a stand-in: the real one takes minutes to build, and Helm sees none of it. */
async function pack(url: string): Promise<void> {
  const bundle = path.join(folder, 'bundle');
  await mkdir(bundle, { recursive: true });
  await cp(MANIFEST, path.join(bundle, 'package.json'));
  await writeFile(path.join(bundle, 'entry.js'), 'entry');
  const source = { charts: path.join(ROOT, 'charts'), assets: path.join(ROOT, 'assets') };
  const extension = { manifest: MANIFEST, bundle, url };
  const created = '2026-01-01T00:00:00.000Z';
  await packCatalog({ ...source, baseUrl: '', extension, replace: true, created, output: folder });
}

async function helm(...args: readonly string[]): Promise<Ran> {
  const program = path.join(await ensure(helmTools), 'helm');
  const own = [
    '--repository-config',
    path.join(folder, 'repos.yaml'),
    '--repository-cache',
    path.join(folder, 'cache'),
  ];
  return run(program, [...args, ...own]);
}

const template = (chart: string) =>
  helm('template', 'pure-pso', chart, '--namespace', 'storage', '--kube-version', '1.36.3');

describe('the packed catalog', () => {
  it('is a repository for helm, and its chart renders as its source does', async () => {
    expect(await helm('repo', 'add', 'pure', address)).toMatchObject({ code: 0, stderr: '' });
    expect((await helm('search', 'repo', 'pure')).stdout).toContain('pure/pure-pso');
    const [packed, source] = await Promise.all([template('pure/pure-pso'), template(CHART)]);
    expect(packed.stderr).toBe('');
    expect(packed.stdout).toContain('kind: Deployment');
    expect(packed.stdout).toBe(source.stdout);
  });

  it('has the extension for Rancher, whose files are all where its chart says', async () => {
    await helm('repo', 'add', 'pure', address);
    const { stdout } = await helm('template', 'pso-ui', 'pure/pso-ui', '--namespace', 'cattle-ui-plugin-system');
    const plugin = find(objectsIn(stdout), 'UIPlugin', 'pso-ui') as KubeObject & { spec: { plugin: Plugin } };
    const { name, version, endpoint, metadata } = plugin.spec.plugin;
    expect(metadata['catalog.cattle.io/ui-component']).toBe('plugins');
    const get = async (file: string) => fetch(`${endpoint}/${file}`);
    expect(await (await get('plugin/package.json')).json()).toMatchObject({ name, version });
    const files = (await (await get('files.txt')).text()).trimEnd().split('\n');
    expect(files).toEqual(['plugin/entry.js', 'plugin/package.json']);
    for (const file of files) expect((await get(file)).status).toBe(200);
  });

  it('refuses to install an extension whose place nobody said', async () => {
    await pack('');
    await helm('repo', 'add', 'pure', address);
    const { code, stderr } = await helm('template', 'pso-ui', 'pure/pso-ui');
    expect(code).not.toBe(0);
    expect(stderr).toContain('plugin.endpoint is empty: give the address of the folder extensions/NAME/VERSION');
  });

  it('lists every image that a pod can have', async () => {
    const objects = await render({ clusterID: 'lab', snapshots: { enabled: true } });
    const used = objects
      .filter(({ kind }) => kind === 'Deployment' || kind === 'DaemonSet')
      .flatMap(object => pod(object).containers.map(({ image }) => image));
    const { stdout } = await helm('show', 'chart', CHART);
    const version = /^version: (.+)$/m.exec(stdout)?.[1] ?? '';
    const list = await readFile(path.join(folder, `assets/pure-pso/pure-pso-${version}-images.txt`), 'utf8');
    expect(list.trimEnd().split('\n')).toEqual([...new Set(used)].sort());
  });
});
