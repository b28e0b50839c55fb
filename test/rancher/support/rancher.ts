import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { LabError } from '../../lab/lab-error.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { ClusterApi } from '../../support/product/api.ts';
import { startCatalogServer, type CatalogServer } from './catalog-server.ts';
import type { DashboardArtefacts } from './rancher-artefacts.ts';
import { rancherObjects, REPOSITORY, type NewObject } from './rancher-objects.ts';

const START_LIMIT_MS = 60_000;
const INSTALL_LIMIT_MS = 200_000;

interface App {
  readonly spec: { readonly version: number; readonly info: { readonly status: string } };
}

/** Body of the actions `install` and `upgrade` of our catalog's chart. */
export interface ChartAction {
  readonly chart: string;
  readonly release: string;
  readonly namespace: string;
  readonly values: object;
  /** Whether Helm waits for the pods. Default true. */
  readonly isAwaited?: boolean;
  /** Of the chart in the release, beside those that say where it came from. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The dashboard on a lab's API server, with our catalog and our extension. */
export class Rancher {
  readonly url: string;
  /** Of the users `admin` and `viewer`. */
  readonly password: string;
  readonly #lab: Lab;
  readonly #server: ChildProcess;
  readonly #catalog: CatalogServer;
  #cookie: string | undefined;

  private constructor(lab: Lab, url: string, password: string, server: ChildProcess, catalog: CatalogServer) {
    this.#lab = lab;
    this.url = url;
    this.password = password;
    this.#server = server;
    this.#catalog = catalog;
  }

  static async start(lab: Lab, artefacts: DashboardArtefacts): Promise<Rancher> {
    const [catalog, port] = await Promise.all([startCatalogServer(), freePort()]);
    const url = `http://127.0.0.1:${port}`;
    const password = randomBytes(12).toString('hex');
    await createAll(lab, await rancherObjects(artefacts.host, url, catalog.url));
    const server = spawnServer(lab, artefacts, `127.0.0.1:${port}`, password);
    const rancher = new Rancher(lab, url, password, server, catalog);
    try {
      await rancher.#ready();
      return rancher;
    } catch (error) {
      await rancher.close();
      throw error;
    }
  }

  async #ready(): Promise<void> {
    await eventually('the dashboard answers', START_LIMIT_MS, async () => {
      if (this.#server.exitCode !== null) throw new LabError('rancher-server ended.', `See ${logFile(this.#lab)}.`);
      return (await fetch(`${this.url}/rancherversion`)).ok;
    });
  }

  /** Installs a chart of the catalog as the dashboard does; returns when its release is deployed. */
  async install(action: ChartAction): Promise<void> {
    const { chart, release, namespace, values, annotations: more, isAwaited: wait = true } = action;
    const annotations = {
      'catalog.cattle.io/ui-source-repo': REPOSITORY,
      'catalog.cattle.io/ui-source-repo-type': 'cluster',
      ...more,
    };
    const body = {
      charts: [{ chartName: chart, version: '', releaseName: release, values, annotations }],
      namespace,
      wait,
      timeout: '180s',
    };
    const app = `/v1/catalog.cattle.io.apps/${namespace}/${release}`;
    const { version: before } = await this.#release(app).catch(() => ({ version: 0 }));
    await this.request('POST', `/v1/catalog.cattle.io.clusterrepos/${REPOSITORY}?action=install`, body);
    let status = '';
    await eventually(`release ${release} deployed`, INSTALL_LIMIT_MS, async () => {
      const now = await this.#release(app);
      status = now.version > before ? now.status : '';
      return ['deployed', 'failed'].includes(status);
    });
    if (status === 'failed') throw new LabError(`Release ${release} failed.`, `See ${logFile(this.#lab)}.`);
  }

  /** Of a release, as Rancher knows it; it follows Helm a moment later. */
  async statusOf(namespace: string, release: string): Promise<string> {
    return (await this.#release(`/v1/catalog.cattle.io.apps/${namespace}/${release}`)).status;
  }

  async #release(app: string): Promise<{ readonly version: number; readonly status: string }> {
    const { spec } = (await this.request('GET', app)) as App;
    return { version: spec.version, status: spec.info.status };
  }

  /** Steve's answer for the administrator. */
  async request(method: 'GET' | 'POST', address: string, body?: object): Promise<unknown> {
    this.#cookie ??= await this.#login();
    const answer = await fetch(`${this.url}${address}`, {
      method,
      headers: { cookie: this.#cookie, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new LabError(`${method} ${address}: ${answer.status} ${text.slice(0, 300)}.`, '');
    return JSON.parse(text) as unknown;
  }

  async #login(): Promise<string> {
    const body = JSON.stringify({ username: 'admin', password: this.password });
    const answer = await fetch(`${this.url}/v1-public/login`, { method: 'POST', body });
    return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  }

  /** What the server and Helm said so far. */
  log(): string {
    return readFileSync(logFile(this.#lab), 'utf8');
  }

  async close(): Promise<void> {
    if (this.#server.exitCode === null && this.#server.signalCode === null) {
      this.#server.kill('SIGKILL');
      await once(this.#server, 'exit');
    }
    await this.#catalog.close();
  }
}

const logFile = (lab: Lab): string => lab.logFile('rancher-server');

/** On the host, not in the lab: it reaches the API server as kubectl does. It ends with this process at the latest. */
function spawnServer(lab: Lab, artefacts: DashboardArtefacts, listen: string, password: string): ChildProcess {
  const scratch = path.join(lab.paths.root, 'rancher');
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const log = openSync(logFile(lab), 'a');
  const flags = {
    listen,
    kubeconfig: lab.kubeconfig,
    dashboard: artefacts.dashboard,
    extensions: artefacts.extensions,
    helm: path.join(lab.artefacts.helm, 'helm'),
    'rancher-version': artefacts.host.version,
    'sql-cache': String(artefacts.host.filtersLists),
  };
  const args = Object.entries(flags).map(([name, value]) => `-${name}=${value}`);
  const command = ['--pdeathsig', 'KILL', '--', path.join(artefacts.server, 'rancher-server'), ...args];
  const env = { ...process.env, HOME: scratch, TMPDIR: scratch, RANCHER_PASSWORD: password };
  // Steve keeps its cache in the working folder.
  return spawn('setpriv', command, { cwd: scratch, stdio: ['ignore', log, log], env });
}

/** A kind that was just defined is served a little later; what an earlier Rancher of this lab left is made anew. */
async function createAll(lab: Lab, objects: readonly NewObject[]): Promise<void> {
  const api = new ClusterApi(lab);
  try {
    await Promise.all(
      objects.map(object => eventually(`an object in ${object.collection}`, START_LIMIT_MS, () => create(api, object))),
    );
  } finally {
    await api.close();
  }
}

async function create(api: ClusterApi, { collection, object, isLasting }: NewObject): Promise<boolean> {
  try {
    await api.request('POST', collection, object);
    return true;
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes(': 409 ')) throw error;
    if (!isLasting) await api.request('DELETE', `${collection}/${object.metadata.name}`);
    return isLasting;
  }
}
