import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { kernelWish } from '../tools/kernel-choice.ts';
import { Lab, startLab } from './lab.ts';
import { errorText } from './error-text.ts';
import { LabError } from './lab-error.ts';
import { ARRAY_GUEST, ARRAY_PORTALS } from './options.ts';
import { labPaths } from './state.ts';
import { leftovers, sweep } from './sweep.ts';

const HELP = `npm run lab -- [--name NAME] COMMAND

A Kubernetes cluster of User Mode Linux guests with an iSCSI array, in private namespaces of this machine.

  up [--workers N] [--no-cluster] [--api-port P] [--kernel auto|own|ready-made]
                             start it (it stays up until "down"); auto takes our own kernel where it is built
  down                       end it; nothing is left
  status                     what runs, and where the API server is on this machine
  kubectl ARGS…              kubectl as administrator
  helm ARGS…                 Helm 3 against it
  node NAME COMMAND…         a bash command line on a worker, e.g.  node n1 multipath -ll
  array COMMAND…             the same on the array guest
  run PROGRAM ARGS…          a program in the lab's namespaces (its network is the pods' 10.66.3.1)
  fleet SCENARIO [ARGS…]     the simulated fleet inside the lab, its volumes on the array guest
  kill GUEST | start GUEST   power cut | power on
  cut WORKER A|B | restore WORKER A|B   pull | plug in one iSCSI cable
  logs WHAT                  what a guest or service has said (lab, n1, ar, kube-apiserver, fleet, …)
  sweep                      remove what labs that are not up have left; prints "nothing left" when there is nothing

Every command takes --name; the default is "lab". Its kubeconfig: ${labPaths('NAME').kubeconfig}
`;

const SIMULATOR = path.join(import.meta.dirname, '..', 'simulator', 'cli.ts');

type Command = (name: string, args: readonly string[]) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  up,
  down: async name => {
    await Lab.attach(name).stop();
    return say('down, nothing left');
  },
  status: async name => {
    const lab = Lab.attach(name);
    const { services, guests } = await lab.status();
    say(`lab ${name}: process 1 is ${lab.running.initPid}; running: ${services.join(', ')}`);
    say(`guests: ${guests.map(guest => `${guest} (${services.includes(guest) ? 'on' : 'off'})`).join(', ')}`);
    return say(`KUBECONFIG=${lab.kubeconfig}`);
  },
  kubectl: (name, args) => passThrough(name, lab => path.join(lab.artefacts.kubernetes, 'kubectl'), args),
  helm: (name, args) => passThrough(name, lab => path.join(lab.artefacts.helm, 'helm'), args),
  node: (name, [guest = '', ...words]) => inGuest(name, guest, words),
  array: (name, words) => inGuest(name, ARRAY_GUEST, words),
  run: (name, [program = '', ...args]) => exitOf(Lab.attach(name).spawn(program, args, 'inherit')),
  fleet: async (name, [scenario = '', ...args]) => {
    const host = ['--host', '10.66.3.1', '--data-plane', 'lab', '--portals', ARRAY_PORTALS.join(',')];
    const file = path.resolve(scenario);
    await Lab.attach(name).startService('fleet', process.execPath, [SIMULATOR, '--scenario', file, ...host, ...args]);
    return say('started; `npm run lab -- logs fleet` shows endpoints and tokens');
  },
  kill: (name, [guest = '']) => quietly(Lab.attach(name).guest(guest).kill()),
  start: (name, [guest = '']) => quietly(Lab.attach(name).guest(guest).start()),
  cut: (name, [guest = '', fabric]) => quietly(Lab.attach(name).cutPath(guest, asFabric(fabric))),
  restore: (name, [guest = '', fabric]) => quietly(Lab.attach(name).restorePath(guest, asFabric(fabric))),
  logs: (name, [what]) => Promise.resolve(showLog(name, what)),
  sweep: sweepAll,
};

async function up(name: string, args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      workers: { type: 'string', default: '2' },
      'no-cluster': { type: 'boolean', default: false },
      'api-port': { type: 'string', default: '0' },
      kernel: { type: 'string', default: 'auto' },
    },
  });
  const cluster = !values['no-cluster'];
  const apiPort = Number(values['api-port']);
  const kernel = kernelWish(values.kernel);
  const workers = Number(values.workers);
  const lab = await startLab({ name, detached: true, workers, cluster, apiPort, kernel }, say);
  return say(cluster ? `export KUBECONFIG=${lab.kubeconfig}` : 'up, without a cluster');
}

async function sweepAll(name: string, args: readonly string[]): Promise<number> {
  const only = args.includes('--all') || name === 'lab' ? undefined : name;
  const found = await sweep(only);
  for (const { pid, command } of found.processes) say(`ended process ${pid}: ${command}`);
  for (const folder of found.folders) say(`removed ${folder}`);
  const left = leftovers(only);
  if (left.processes.length + left.folders.length > 0) {
    throw new LabError('Something of a lab is still there.', 'Run the sweep once more; if it stays, report it.');
  }
  return say('nothing left');
}

function passThrough(name: string, program: (lab: Lab) => string, args: readonly string[]): Promise<number> {
  const lab = Lab.attach(name);
  const env = { ...process.env, KUBECONFIG: lab.kubeconfig };
  return exitOf(spawn(program(lab), args, { stdio: 'inherit', env }));
}

async function inGuest(name: string, guest: string, words: readonly string[]): Promise<number> {
  const lab = Lab.attach(name);
  const machine = lab.guest(guest);
  const { code, stdout, stderr } = await machine.run(words.join(' '), { timeoutMs: 600_000 });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  await machine.close();
  return code;
}

function exitOf(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('exit', code => resolve(code ?? 1));
  });
}

async function quietly(action: Promise<void>): Promise<number> {
  await action;
  return say('done');
}

function showLog(name: string, what: string | undefined): number {
  const folder = labPaths(name).logs;
  const file = path.join(folder, `${what ?? ''}.log`);
  if (what === undefined || !existsSync(file)) {
    const known = existsSync(folder) ? readdirSync(folder).map(entry => path.basename(entry, '.log')) : [];
    throw new LabError(`There is no log "${what ?? ''}".`, `There are: ${known.join(', ')}.`);
  }
  process.stdout.write(readFileSync(file));
  return 0;
}

function asFabric(text: string | undefined): 'A' | 'B' {
  if (text === 'A' || text === 'B') return text;
  throw new LabError(`Fabric "${text ?? ''}" does not exist.`, 'It is A or B.');
}

function say(line: string): number {
  process.stdout.write(`${line}\n`);
  return 0;
}

/** Options before the command are the lab's; everything after it is the command's own. */
async function main(argv: readonly string[]): Promise<number> {
  const words = [...argv];
  let name = 'lab';
  if (words[0] === '--name') [, name = ''] = words.splice(0, 2);
  const [command = '--help', ...args] = words;
  if (command === '--help' || command === 'help') return say(HELP);
  const chosen = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!chosen) throw new LabError(`There is no command "${command}".`, '`npm run lab -- --help` lists them.');
  return chosen(name, args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
}
