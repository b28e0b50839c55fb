import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { versionsUpTo } from './common/api-facts.ts';
import { FAULT_KINDS } from './faults.ts';
import { bladeState, bladeSummary, changeBlade } from './control-blade.ts';
import { PUBLISHED_VERSIONS } from './flasharray/api-facts.ts';
import type { Running, RunningArray, RunningFleet } from './fleet.ts';
import { size } from './scenario.ts';

const faultType = z.strictObject({
  kind: z.enum(FAULT_KINDS as [string, ...string[]]).transform(kind => kind as (typeof FAULT_KINDS)[number]),
  method: z.string().optional(),
  path: z.string().optional(),
  pattern: z.string().optional(),
  nth: z.number().int().positive().optional(),
  probability: z.number().min(0).max(1).optional(),
  times: z.number().int().positive().optional(),
  delayMs: z.number().nonnegative().optional(),
  retryAfterSec: z.number().nonnegative().optional(),
  fromMs: z.number().nonnegative().optional(),
  untilMs: z.number().nonnegative().optional(),
});
const controllerType = z.enum(['ready', 'not ready', 'updating']);
const conditionsType = z.strictObject({
  fill: z.number().min(0).max(1).optional(),
  load: z.number().min(0).max(1).optional(),
  capacity: size.optional(),
  latencyMs: z.number().nonnegative().optional(),
  isDown: z.boolean().optional(),
  isMediatorReachable: z.boolean().optional(),
  CT0: controllerType.optional(),
  CT1: controllerType.optional(),
  failedBlades: z.array(z.number().int().positive()).optional(),
  expireSessions: z.literal(true).optional(),
  restVersion: z.string().optional(),
});
const linkType = z.strictObject({ arrays: z.tuple([z.string(), z.string()]), isCut: z.boolean() });
const clockType = z.strictObject({ advanceMs: z.number().nonnegative() });

class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}

/**
 * JSON over plain HTTP, for people and scripts that steer a running fleet:
 *   GET    /_sim/arrays                       names, endpoints, conditions, counters
 *   GET    /_sim/arrays/NAME                  its state: volumes, hosts, connections; or file systems and who may mount them
 *   PATCH  /_sim/arrays/NAME                  fill, load, capacity (`20Ti`; of a Cloud Block Store: one of its steps),
 *                                              latencyMs, isDown, isMediatorReachable, CT0, CT1, failedBlades (numbers, FlashBlades only),
 *                                              expireSessions, restVersion (the newest that it still knows)
 *   GET    /_sim/arrays/NAME/requests         request log
 *   GET, POST, DELETE /_sim/arrays/NAME/faults[?id=N]
 *   POST   /_sim/links                        { arrays: [A, B], isCut }: whether two linked arrays reach each other
 *   POST   /_sim/clock                        { advanceMs }
 */
export class ControlServer {
  readonly #fleet: RunningFleet;
  readonly #server: Server;

  constructor(fleet: RunningFleet) {
    this.#fleet = fleet;
    this.#server = createServer((incoming, outgoing) => this.#read(incoming, outgoing));
  }

  /** Returns its URL. */
  async listen(host: string, port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    return `http://${host}:${(this.#server.address() as AddressInfo).port}/_sim`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>(resolve => {
      this.#server.close(() => resolve());
    });
  }

  #read(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { status, body } = this.#respond(incoming, Buffer.concat(chunks).toString('utf8'));
      outgoing.writeHead(status, { 'content-type': 'application/json' });
      outgoing.end(`${JSON.stringify(body, null, 2)}\n`);
    });
  }

  #respond(incoming: IncomingMessage, text: string): { readonly status: number; readonly body: unknown } {
    try {
      const url = new URL(incoming.url ?? '/', 'http://control');
      const body: unknown = text === '' ? {} : JSON.parse(text);
      return { status: 200, body: this.#route(incoming.method ?? 'GET', url, body) };
    } catch (error) {
      if (error instanceof ControlError) return { status: error.status, body: { error: error.message } };
      if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
      return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
    }
  }

  #route(method: string, url: URL, body: unknown): unknown {
    const [root, kind, name, part] = url.pathname.split('/').filter(step => step !== '');
    if (root !== '_sim') throw new ControlError(404, `Nothing at ${url.pathname}; try /_sim/arrays.`);
    if (kind === 'clock' && method === 'POST') {
      this.#fleet.clock.advance(clockType.parse(body).advanceMs);
      return { nowMs: this.#fleet.clock.nowMs() };
    }
    if (kind === 'links' && method === 'POST') return cutLink(this.#fleet, linkType.parse(body));
    if (kind !== 'arrays') throw new ControlError(404, `Nothing at ${url.pathname}; try /_sim/arrays.`);
    const { arrays, blades } = this.#fleet;
    if (name === undefined) return [...arrays.map(summary), ...blades.map(bladeSummary)];
    const array = arrays.find(one => one.name === decodeURIComponent(name));
    const blade = blades.find(one => one.name === decodeURIComponent(name));
    const running: Running | undefined = array ?? blade;
    if (running === undefined) throw new ControlError(404, `The fleet has no array ${JSON.stringify(name)}.`);
    if (part === 'requests') return running.requestLog.entries();
    if (part === 'faults') return changeFaults(running, method, url, body);
    if (blade !== undefined) {
      if (method === 'PATCH') changeBlade(blade, conditionsType.parse(body));
      return { ...bladeSummary(blade), ...bladeState(blade) };
    }
    if (array === undefined) return null;
    if (method === 'PATCH') change(array, conditionsType.parse(body));
    return { ...summary(array), ...dump(array) };
  }
}

function changeFaults({ faults }: Running, method: string, url: URL, body: unknown): unknown {
  if (method === 'POST') faults.add(faultType.parse(body));
  const id = url.searchParams.get('id');
  if (method === 'DELETE' && id === null) faults.clear();
  if (method === 'DELETE' && id !== null && !faults.remove(Number(id))) {
    throw new ControlError(404, `There is no fault ${JSON.stringify(id)}.`);
  }
  return faults.list();
}

function change({ array }: RunningArray, wanted: z.output<typeof conditionsType>): void {
  const { conditions } = array.core.state;
  if (wanted.failedBlades !== undefined) throw new ControlError(400, 'failedBlades: only a FlashBlade has blades.');
  if (wanted.restVersion !== undefined) conditions.versions = versionsUpTo(wanted.restVersion, PUBLISHED_VERSIONS);
  if (wanted.fill !== undefined) conditions.fill = wanted.fill;
  if (wanted.load !== undefined) conditions.load = wanted.load;
  if (wanted.capacity !== undefined) resize(array, wanted.capacity);
  if (wanted.latencyMs !== undefined) array.latencyMs = wanted.latencyMs;
  if (wanted.isDown !== undefined) array.isDown = wanted.isDown;
  if (wanted.isMediatorReachable !== undefined) conditions.isMediatorReachable = wanted.isMediatorReachable;
  if (wanted.CT0 !== undefined) conditions.controllers.CT0 = wanted.CT0;
  if (wanted.CT1 !== undefined) conditions.controllers.CT1 = wanted.CT1;
  if (wanted.expireSessions === true) array.core.sessions.expireAll();
}

function cutLink(fleet: RunningFleet, { arrays, isCut }: z.output<typeof linkType>): unknown {
  const [one, other] = arrays.map(name => fleet.find(name).array.core.state);
  const link = one !== undefined && other !== undefined ? one.network.linkBetween(one, other) : undefined;
  if (link === undefined) throw new ControlError(404, `There is no link between ${arrays.join(' and ')}.`);
  link.isCut = isCut;
  return { arrays, type: link.type, isCut };
}

function resize({ core }: RunningArray['array'], bytes: number): void {
  const steps = core.settings.cloud?.capacitySteps ?? [bytes];
  if (!steps.includes(bytes)) throw new ControlError(400, `capacity = ${bytes}: not one of ${steps.join(', ')}.`);
  core.state.conditions.capacityBytes = bytes;
  core.state.conditions.growth = null;
}

function summary({ name, endpoint, array, counters }: RunningArray): Record<string, unknown> {
  const { conditions } = array.core.state;
  const { latencyMs, isDown, violations } = array;
  const { fill, load, capacityBytes, controllers, versions } = conditions;
  return {
    name,
    endpoint,
    isDown,
    latencyMs,
    fill,
    load,
    capacityBytes,
    controllers,
    restVersion: versions.at(-1),
    violations,
    counters: Object.fromEntries(counters),
  };
}

function dump({ array }: RunningArray): Record<string, unknown> {
  const { state } = array.core;
  return {
    volumes: Array.from(state.volumes.values(), ({ name, serial, sizeBytes, destroyedMs, tags, qos }) => ({
      name,
      serial,
      sizeBytes,
      destroyedMs,
      qos,
      tags,
    })),
    snapshots: Array.from(state.snapshots.values(), ({ name, destroyedMs }) => ({ name, destroyedMs })),
    hosts: Array.from(state.hosts.values(), ({ name, iqns, nqns, wwns }) => ({ name, iqns, nqns, wwns })),
    connections: Array.from(state.connections, ({ volume, host, group, lun, nsid }) => ({
      volume: volume.name,
      host: host?.name ?? null,
      hostGroup: group?.name ?? null,
      lun,
      nsid,
    })),
  };
}
