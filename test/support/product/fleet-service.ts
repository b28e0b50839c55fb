import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../lab/lab.ts';
import { LabError } from '../../lab/lab-error.ts';
import { ARRAY_PORTALS, HOST_ADDRESS } from '../../lab/options.ts';
import { requestInside } from './inside.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const SIMULATOR = path.join(ROOT, 'test/simulator/cli.ts');
const DATA_PLANE = path.join(ROOT, 'test/lab/array/data-plane.ts');

const CONTROL_PORT = 18099;
const CONTROL_URL = `http://127.0.0.1:${CONTROL_PORT}/_sim`;

/** Of a FlashArray or a Cloud Block Store. */
export interface ArrayState {
  readonly name: string;
  readonly fill: number;
  readonly load: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly volumes: readonly {
    readonly name: string;
    readonly serial: string;
    readonly sizeBytes: number;
    readonly destroyedMs: number | null;
    readonly qos: { readonly iops: number | null; readonly bandwidth: number | null };
    readonly tags: unknown;
  }[];
  readonly snapshots: readonly { readonly name: string; readonly destroyedMs: number | null }[];
  readonly connections: readonly { readonly volume: string; readonly host: string | null; readonly lun: number }[];
}

export interface BladeState {
  readonly name: string;
  readonly fileSystems: readonly {
    readonly name: string;
    readonly id: string;
    /** Bytes. */
    readonly provisioned: number;
    readonly destroyedMs: number | null;
    /** Who may mount it now. */
    readonly access: readonly { readonly client: string; readonly permission: 'rw' | 'ro' }[];
  }[];
}

const isArray = (state: ArrayState | BladeState): state is ArrayState => 'volumes' in state;
const isBlade = (state: ArrayState | BladeState): state is BladeState => 'fileSystems' in state;

/** The simulated fleet inside a lab, its volumes and files on the array guest. */
export class FleetService {
  /** Helm values with the fleet's endpoints, tokens, certificates and labels. */
  readonly valuesFile: string;
  readonly #lab: Lab;

  constructor(lab: Lab, valuesFile: string) {
    this.#lab = lab;
    this.valuesFile = valuesFile;
  }

  async names(): Promise<readonly string[]> {
    return (await this.#ask<readonly { name: string }[]>('GET', '/arrays')).map(({ name }) => name);
  }

  state(array: string): Promise<ArrayState> {
    return this.#ask<ArrayState>('GET', `/arrays/${array}`);
  }

  /** Of everything that has volumes. */
  async states(): Promise<readonly ArrayState[]> {
    return (await this.#all()).filter(isArray);
  }

  /** Of all FlashBlades. */
  async bladeStates(): Promise<readonly BladeState[]> {
    return (await this.#all()).filter(isBlade);
  }

  async #all(): Promise<readonly (ArrayState | BladeState)[]> {
    const names = await this.names();
    return Promise.all(names.map(name => this.#ask<ArrayState | BladeState>('GET', `/arrays/${name}`)));
  }

  /** Conditions by name, e.g. `{ isDown: true }`, `{ fill: 0.9 }`. */
  async change(array: string, conditions: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#ask('PATCH', `/arrays/${array}`, conditions);
  }

  async addFault(array: string, fault: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#ask('POST', `/arrays/${array}/faults`, fault);
  }

  async clearFaults(array: string): Promise<void> {
    await this.#ask('DELETE', `/arrays/${array}/faults`);
  }

  /** The control endpoint listens on the lab's own loopback only. */
  async #ask<Shape>(method: string, path_: string, body?: unknown): Promise<Shape> {
    const words = body === undefined ? undefined : JSON.stringify(body);
    const { status, text } = await requestInside(this.#lab, method, `${CONTROL_URL}${path_}`, words);
    if (status < 300) return JSON.parse(text) as Shape;
    throw new LabError(`The fleet's control endpoint refused ${method} ${path_}: ${text}.`, '');
  }
}

/** Where the fleet of a lab has its values. */
export const fleetValuesFile = (lab: Lab): string => path.join(lab.paths.root, 'fleet-values.yaml');

/** Starts the fleet of a scenario file as a service of the lab; pods reach it at the lab's host address. */
export async function startFleetService(lab: Lab, scenario: string): Promise<FleetService> {
  const valuesFile = fleetValuesFile(lab);
  rmSync(valuesFile, { force: true });
  await lab.startService('fleet', process.execPath, [
    SIMULATOR, '--scenario', path.resolve(ROOT, scenario), '--host', HOST_ADDRESS, '--control-port', String(CONTROL_PORT),
    '--portals', ARRAY_PORTALS.join(','), '--data-plane', DATA_PLANE, '--write-values', valuesFile,
  ]); // prettier-ignore
  for (let waited = 0; waited < 30_000; waited += 50) {
    if (existsSync(valuesFile)) return new FleetService(lab, valuesFile);
    await sleep(50);
  }
  throw new LabError('The simulated fleet did not start within 30 s.', `See ${lab.logFile('fleet')}.`);
}
