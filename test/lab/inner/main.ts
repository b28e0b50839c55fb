import { mkdirSync, openSync, closeSync, ftruncateSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../lab-error.ts';
import { AGENT_PORT, managementAddress } from '../options.ts';
import { runOrFail } from '../run-program.ts';
import { pathsUnder } from '../state.ts';
import { startCluster } from './cluster.ts';
import { readConfig } from './config.ts';
import { serveControl } from './control-server.ts';
import { serveForward } from './forwards.ts';
import { Guests } from './guests.ts';
import { createNetwork } from './network.ts';
import { Progress } from './progress.ts';
import { Services } from './services.ts';

/** The array guest's disk; sparse, so it is as large as what the simulated volumes really hold. */
const POOL_BYTES = 256 * 1024 ** 3;

/** The program inside the lab's namespaces: starts everything, then serves the lab's socket until it is killed. */
async function main(configFile: string): Promise<void> {
  const config = readConfig(configFile);
  const paths = pathsUnder(config.root);
  const progress = new Progress();
  const services = new Services(paths.logs);
  const guests = new Guests(config, services);
  config.forwards.forEach(serveForward);
  await serveControl(paths.controlSocket, { guests, services, progress });
  try {
    mkdirSync(paths.scratch, { recursive: true });
    await runOrFail('mount', ['-t', 'tmpfs', '-o', 'mode=700', 'lab', paths.scratch]);
    await createNetwork(config.settings);
    createPool(path.join(config.root, 'pool.img'));
    for (const guest of guests.names()) guests.start(guest);
    progress.say('network up, guests started');
    const agents = agentsUp(guests, services, progress);
    await Promise.all([agents, config.settings.cluster ? startCluster(config, services, progress) : undefined]);
    progress.say('lab ready', 'ready');
  } catch (error) {
    progress.say(error instanceof Error ? error.message : String(error), 'failed');
  }
}

function createPool(file: string): void {
  const descriptor = openSync(file, 'w');
  ftruncateSync(descriptor, POOL_BYTES);
  closeSync(descriptor);
}

async function agentsUp(guests: Guests, services: Services, progress: Progress): Promise<void> {
  await Promise.all(guests.names().map(guest => agentUp(guest, services)));
  progress.say('all guests answer');
}

async function agentUp(guest: string, services: Services): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await answers(managementAddress(guest))) return;
    if (!services.isRunning(guest)) break;
    await sleep(100);
  }
  throw new LabError(`Guest ${guest} does not answer.`, `See \`npm run lab -- logs ${guest}\`.`);
}

function answers(host: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port: AGENT_PORT, timeout: 1000 });
    const settle = (result: boolean) => (): void => {
      socket.destroy();
      resolve(result);
    };
    socket.on('connect', settle(true)).on('error', settle(false)).on('timeout', settle(false));
  });
}

const [configFile = ''] = process.argv.slice(2);
await main(configFile);
