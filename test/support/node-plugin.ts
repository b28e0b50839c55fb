import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Node } from '../../driver/src/gen/csi_pb.js';
import { bundle } from '../../scripts/image/bundle.ts';
import type { Guest, Lab } from '../lab/lab.ts';
import { managementAddress } from '../lab/options.ts';
import { connectCsi, type CsiConnection } from './csi-client.ts';

const MAIN = path.resolve(import.meta.dirname, '../../driver/src/main.ts');
/** TCP port in the guest that leads to the plugin's socket. */
const BRIDGE_PORT = 10_100;
const HTTP_PORT = 10_199;
const CHAP_FILE = 'chap-key';

export interface PluginOptions {
  readonly worker?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly logLevel?: 'debug' | 'info';
  /** Nodes prove themselves by CHAP with what is derived from it. */
  readonly chapKey?: string;
}

/** The node plugin as the image has it, run in a guest of the lab, with a kubelet directory that no kubelet looks into. */
export class NodePlugin {
  readonly guest: Guest;
  /** In the guest. */
  readonly kubeletDir = '/var/lib/kubelet/plugin-test';
  readonly socket = `${this.kubeletDir}/plugins/pure-csi/csi.sock`;
  readonly #start: string;
  readonly #dial: (port: number) => Promise<Socket>;
  readonly #bridge: Server;
  readonly #folder: string;
  #pid = 0;
  #connection: CsiConnection | null = null;

  private constructor(guest: Guest, start: string, dial: (port: number) => Promise<Socket>) {
    this.guest = guest;
    this.#start = start;
    this.#dial = dial;
    this.#folder = mkdtempSync(path.join(tmpdir(), 'pso-node-'));
    this.#bridge = createServer(socket => void join(socket, dial(BRIDGE_PORT)));
  }

  /** Bundles the driver as it is now, shares it with the guest and starts it there. */
  static async start(lab: Lab, options: PluginOptions = {}): Promise<NodePlugin> {
    const { worker = 'n1', settings = {}, logLevel = 'info', chapKey } = options;
    await shareBundle(lab, settings);
    if (chapKey !== undefined) writeFileSync(path.join(lab.paths.share, 'plugin', CHAP_FILE), chapKey);
    const chap = chapKey === undefined ? '' : ` --chap-key=/lab/plugin/${CHAP_FILE}`;
    const start = `node --csi-endpoint=unix://@SOCKET@ --kubelet-dir=@DIR@ --node-name=${worker} --settings=/lab/plugin/settings.json --http=0.0.0.0:${HTTP_PORT} --log-level=${logLevel}${chap}`;
    const plugin = new NodePlugin(lab.guest(worker), start, port => lab.dial(managementAddress(worker), port));
    try {
      await new Promise<void>(resolve => plugin.#bridge.listen(plugin.endpointFile, () => resolve()));
      await plugin.run();
      return plugin;
    } catch (error) {
      await plugin.close();
      throw error;
    }
  }

  /** Socket on the host that leads to the plugin's. */
  get endpointFile(): string {
    return path.join(this.#folder, 'csi.sock');
  }

  /** The CSI node service. */
  get node(): ReturnType<typeof nodeOf> {
    if (this.#connection === null) throw new Error('The plugin is not running.');
    return nodeOf(this.#connection);
  }

  /** Starts the process, also again after `kill`; returns when its socket answers. */
  async run(): Promise<void> {
    const args = this.#start.replace('@SOCKET@', this.socket).replace('@DIR@', this.kubeletDir);
    // As the image and the chart set it.
    const environment = 'UV_USE_IO_URING=0 UV_THREADPOOL_SIZE=16';
    const pid = await this.guest.output(
      `mkdir -p ${this.kubeletDir}/{plugins/pure-csi,plugins_registry}; rm -f ${this.socket}; cd /; ` +
        `${environment} setsid /usr/local/bin/node /lab/plugin/main.mjs ${args} </dev/null >>/var/log/plugin.log 2>&1 & pid=$!; ` +
        `pgrep -x socat >/dev/null || setsid socat TCP-LISTEN:${BRIDGE_PORT},fork,reuseaddr UNIX-CONNECT:${this.socket} </dev/null >/dev/null 2>&1 & ` +
        `for i in $(seq 200); do [ -S ${this.socket} ] && echo $pid && exit 0; kill -0 $pid || break; sleep 0.05; done; tail -n 5 /var/log/plugin.log >&2; exit 1`,
    );
    this.#pid = Number(pid);
    this.#connection = connectCsi(`unix://${this.endpointFile}`);
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.#connection?.close();
    this.#connection = null;
    await this.guest.run(`kill -9 ${this.#pid}`);
  }

  /** Resident memory in MB. */
  async rssMb(): Promise<number> {
    return Number(await this.guest.output(`awk '/^VmRSS/ { print $2 }' /proc/${this.#pid}/status`)) / 1024;
  }

  /** GET of its own HTTP endpoint. */
  async http(route: string): Promise<{ readonly status: number; readonly body: string }> {
    const socket = await this.#dial(HTTP_PORT);
    return new Promise((resolve, reject) => {
      const call = get({ path: route, createConnection: () => socket, headers: { connection: 'close' } }, answer => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => void chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      call.on('error', reject);
      socket.resume(); // it comes paused
    });
  }

  /** What it has written so far, in all its runs. */
  log(): Promise<string> {
    return this.guest.output('cat /var/log/plugin.log');
  }

  /** Ends the process and removes what only it needed. */
  async close(): Promise<void> {
    if (this.#connection) await this.kill();
    await this.guest.run(`pkill -x socat; rm -rf ${this.kubeletDir} /var/log/plugin.log`);
    await new Promise(resolve => this.#bridge.close(resolve));
    rmSync(this.#folder, { recursive: true });
  }
}

const nodeOf = (connection: CsiConnection) => connection.service(Node);

async function join(near: Socket, dialed: Promise<Socket>): Promise<void> {
  try {
    const far = await dialed;
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    near.pipe(far).pipe(near);
  } catch {
    near.destroy();
  }
}

async function shareBundle(lab: Lab, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const folder = path.join(lab.paths.share, 'plugin');
  mkdirSync(folder, { recursive: true });
  for (const { name, content } of await bundle(MAIN)) {
    if (Buffer.isBuffer(content)) writeFileSync(path.join(folder, path.basename(name)), content);
  }
  writeFileSync(path.join(folder, 'settings.json'), JSON.stringify({ clusterID: 'lab', ...settings }));
}
