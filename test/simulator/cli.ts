import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ControlServer } from './control.ts';
import type { CreateDataPlane, DataPlane } from './flasharray/data-plane.ts';
import type { CreateFileDataPlane, FileDataPlane } from './flashblade/data-plane.ts';
import type { RunningFleet } from './fleet.ts';
import { startFleet } from './fleet.ts';
import type { Scenario } from './scenario.ts';
import { loadScenario } from './scenario.ts';
import { valuesFor } from './values.ts';

const HELP = `Serves a fleet of simulated FlashArrays, Cloud Block Stores and FlashBlades over HTTPS until Ctrl-C.

npm run simulator -- --scenario FILE [options]

  --scenario FILE        YAML; some are in test/simulator/scenarios (default: demo.yaml there)
  --host ADDRESS         where to listen (default 127.0.0.1)
  --port BASE            arrays listen on BASE, BASE+1 … (default: any free ports)
  --control-port PORT    JSON control endpoint, loopback only (default: any free port)
  --san NAME             one more name or address in the certificates; may be repeated
  --portals IP:PORT,…    iSCSI portals of arrays whose scenario names none
  --data-plane MODULE    none (default), lab, or a module that exports createDataPlane and, for FlashBlades,
                         createFileDataPlane
  --write-values FILE    write the driver's values for this fleet (tokens included, mode 0600)
  --help
`;

/** Where the lab's data plane lives, when it is there. */
const LAB_MODULE = '../lab/array/data-plane.ts';

interface Options {
  readonly scenario: string;
  readonly host: string;
  readonly port: number;
  readonly controlPort: number;
  readonly subjectAltNames: readonly string[];
  readonly portals: readonly string[];
  readonly dataPlane: string;
  readonly valuesFile: string | null;
}

function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: path.join(import.meta.dirname, 'scenarios/demo.yaml') },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '0' },
      'control-port': { type: 'string', default: '0' },
      san: { type: 'string', multiple: true, default: [] },
      portals: { type: 'string' },
      'data-plane': { type: 'string', default: 'none' },
      'write-values': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  return {
    scenario: values.scenario,
    host: values.host,
    port: portOf('--port', values.port),
    controlPort: portOf('--control-port', values['control-port']),
    subjectAltNames: values.san,
    portals: values.portals?.split(',') ?? [],
    dataPlane: values['data-plane'],
    valuesFile: values['write-values'] ?? null,
  };
}

function portOf(option: string, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Error(`${option} = ${JSON.stringify(text)}: expected a port, 0 to 65535.`);
}

interface DataPlanes {
  readonly dataPlane?: DataPlane;
  readonly fileDataPlane?: FileDataPlane;
}

async function loadDataPlanes(choice: string): Promise<DataPlanes> {
  if (choice === 'none') return {};
  const url = choice === 'lab' ? new URL(LAB_MODULE, import.meta.url).href : pathToFileURL(path.resolve(choice)).href;
  const { createDataPlane, createFileDataPlane } = (await import(url)) as {
    readonly createDataPlane?: CreateDataPlane;
    readonly createFileDataPlane?: CreateFileDataPlane;
  };
  if (createDataPlane === undefined && createFileDataPlane === undefined)
    throw new Error(`--data-plane ${choice}: the module exports neither createDataPlane nor createFileDataPlane.`);
  return {
    ...(createDataPlane === undefined ? {} : { dataPlane: await createDataPlane() }),
    ...(createFileDataPlane === undefined ? {} : { fileDataPlane: await createFileDataPlane() }),
  };
}

function print(fleet: RunningFleet, controlUrl: string): void {
  const all = [...fleet.arrays, ...fleet.blades];
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const { name, endpoint, apiToken, labels } of all) {
    const shown = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    process.stdout.write(`${name.padEnd(width)}  https://${endpoint}  token ${apiToken}  ${shown.join(' ')}\n`);
  }
  process.stdout.write(`control: ${controlUrl}\nReady. Ctrl-C ends.\n`);
}

/** Arrays that name their portals keep them. */
function withPortals(scenario: Scenario, portals: readonly string[]): Scenario {
  const [first, ...more] = portals;
  if (first === undefined) return scenario;
  return { ...scenario, arrays: scenario.arrays.map(array => ({ portals: [first, ...more], ...array })) };
}

async function untilSignal(): Promise<void> {
  await new Promise<void>(resolve => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === null) {
    process.stdout.write(HELP);
    return;
  }
  const dataPlanes = await loadDataPlanes(options.dataPlane);
  const fleet = await startFleet(withPortals(loadScenario(options.scenario), options.portals), {
    host: options.host,
    basePort: options.port,
    subjectAltNames: options.subjectAltNames,
    ...dataPlanes,
  });
  const control = new ControlServer(fleet);
  const controlUrl = await control.listen('127.0.0.1', options.controlPort);
  if (options.valuesFile !== null) {
    // At once: who waits for the file reads it as soon as it is there.
    writeFileSync(`${options.valuesFile}.new`, valuesFor(fleet), { mode: 0o600 });
    renameSync(`${options.valuesFile}.new`, options.valuesFile);
    process.stdout.write(`values: ${options.valuesFile}\n`);
  }
  const ended = untilSignal();
  print(fleet, controlUrl);
  await ended;
  await control.close();
  await fleet.close();
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
