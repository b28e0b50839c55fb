import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareShare } from './share.ts';
import type { InnerConfig, LabArtefacts } from './inner/config.ts';
import { LabError } from './lab-error.ts';
import type { LabSettings } from './options.ts';
import { runProgram } from './run-program.ts';
import { labPaths, MARK, readRunning, type LabPaths, type RunningLab } from './state.ts';

const INNER_PROGRAM = path.join(import.meta.dirname, 'inner', 'main.ts');
/** Descriptors from this one on are the listening sockets that go down into the namespaces. */
const FIRST_FORWARD = 3;
/**
 * Process 1 of the lab. It adopts and buries orphans, which Node would not, keeps no listening socket open, and takes
 * the whole lab with it when the inner program ends.
 */
const INIT =
  'program=$1; shift; "$program" "$@" & inner=$!; for fd in $LAB_FORWARDS; do eval "exec $fd>&-"; done; wait $inner';

/** Launcher of a lab that belongs to another process: ends the lab when that process has ended, or it itself is killed. */
const KEEPER =
  'owner=$1; shift; setpriv --pdeathsig KILL -- "$@" & lab=$!; for fd in $LAB_FORWARDS; do eval "exec $fd>&-"; done; ' +
  'while kill -0 "$owner" && kill -0 "$lab"; do sleep 0.5; done 2>/dev/null; kill -KILL "$lab"';

const isRoot = (): boolean => process.getuid?.() === 0;

/** Starts the namespaces and the program inside. The lab is not ready yet when this returns: watch its socket. */
export async function launch(settings: LabSettings, artefacts: LabArtefacts): Promise<ChildProcess> {
  await checkMachine();
  const paths = labPaths(settings.name);
  if (readRunning(paths)) {
    throw new LabError(
      `Lab ${settings.name} is up already.`,
      `\`npm run lab -- down --name ${settings.name}\` ends it.`,
    );
  }
  resetState(paths);
  const sockets = await openForwards(settings);
  const ports = Object.fromEntries(sockets.map(({ name, port }) => [name, port]));
  const config: InnerConfig = {
    root: paths.root,
    settings: { ...settings, apiPort: ports['apiserver'] ?? 0 },
    artefacts,
    forwards: sockets.map(({ name, to }, index) => ({ name, to, fd: FIRST_FORWARD + index })),
  };
  writeFileSync(paths.config, JSON.stringify(config, null, 2));
  await prepareShare(paths.share);
  const child = spawnNamespaces(settings, paths, sockets.map(socket => socket.server)); // prettier-ignore
  for (const { server } of sockets) server.close();
  await recordRunning(child, paths, ports);
  return child;
}

/** One sentence with the remedy where the machine does not let us. */
async function checkMachine(): Promise<void> {
  const probe = await runProgram('unshare', [...namespaceFlags(), '--fork', 'true']);
  if (probe.code !== 0) {
    throw new LabError(
      `This machine refuses private namespaces (${probe.stderr.trim()}).`,
      'Run as root, or allow them: `sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0`.',
    );
  }
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new LabError('/dev/net/tun cannot be opened by this user.', 'As root: `chmod 0666 /dev/net/tun`.', error);
  }
}

function namespaceFlags(): readonly string[] {
  return [...(isRoot() ? [] : ['--user', '--map-root-user']), '--net', '--mount', '--pid'];
}

function resetState(paths: LabPaths): void {
  for (const folder of [paths.root, paths.logs]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(paths.root, { recursive: true, mode: 0o700 });
  mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
}

interface ForwardSocket {
  readonly name: string;
  readonly to: string;
  readonly port: number;
  readonly server: Server;
}

/** The sockets listen in the host's network namespace; a client that comes early waits in the backlog. */
function openForwards(settings: LabSettings): Promise<readonly ForwardSocket[]> {
  const cluster = settings.cluster ? [{ name: 'apiserver', to: '127.0.0.1:443', port: settings.apiPort }] : [];
  return Promise.all(
    [...cluster, ...settings.forwards].map(async forward => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', error => {
          reject(
            new LabError(`Port ${forward.port} on 127.0.0.1 is taken (${forward.name}).`, 'Choose another.', error),
          );
        });
        server.listen({ host: '127.0.0.1', port: forward.port }, resolve);
      });
      const address = server.address();
      return { ...forward, server, port: address !== null && typeof address === 'object' ? address.port : 0 };
    }),
  );
}

function spawnNamespaces(settings: LabSettings, paths: LabPaths, servers: readonly Server[]): ChildProcess {
  const log = openSync(path.join(paths.logs, 'lab.log'), 'a');
  const unshare = [
    'unshare', ...namespaceFlags(), '--fork', '--kill-child=KILL', '--mount-proc', '--',
    'bash', '-c', INIT, 'lab', process.execPath, INNER_PROGRAM, paths.config,
  ]; // prettier-ignore
  const [program = '', ...args] = launcherCommand(settings, unshare);
  const child = spawn(program, args, {
    stdio: ['ignore', log, log, ...servers.map(descriptorOf)],
    detached: settings.detached,
    env: {
      ...process.env,
      [MARK]: paths.root,
      LAB_FORWARDS: servers.map((_, index) => FIRST_FORWARD + index).join(' '),
      NODE_OPTIONS: '',
      NODE_NO_WARNINGS: '1',
    },
  });
  if (settings.detached) child.unref();
  return child;
}

/** However the launcher dies, the kernel kills unshare, then process 1, then everything in the namespaces. */
function launcherCommand({ detached, ownerPid }: LabSettings, unshare: readonly string[]): readonly string[] {
  if (!detached) return ['setpriv', '--pdeathsig', 'KILL', '--', ...unshare];
  if (ownerPid === undefined) return unshare;
  return ['bash', '-c', KEEPER, 'lab-keeper', String(ownerPid), ...unshare];
}

/** Node can listen on an inherited descriptor but does not say publicly which one a server has. */
function descriptorOf(server: Server): number {
  const { _handle: handle } = server as Server & { readonly _handle?: { readonly fd: number } };
  if (!handle || handle.fd < 0) throw new LabError('A listening socket has no descriptor.', 'Use Node 24 on Linux.');
  return handle.fd;
}

async function recordRunning(child: ChildProcess, paths: LabPaths, ports: Record<string, number>): Promise<void> {
  const launcherPid = child.pid;
  if (launcherPid === undefined)
    throw new LabError('The lab’s namespaces cannot be started.', 'Is util-linux installed?');
  for (let attempt = 0; attempt < 3000 && child.exitCode === null; attempt += 1) {
    const initPid = initBelow(launcherPid);
    if (initPid !== undefined) {
      const running: RunningLab = { launcherPid, initPid, userNamespace: !isRoot(), ports };
      writeFileSync(paths.running, JSON.stringify(running, null, 2));
      return;
    }
    await sleep(10);
  }
  throw new LabError('The lab’s namespaces ended at once.', `See ${path.join(paths.logs, 'lab.log')}.`);
}

/** The descendant that is process 1 of its own pid namespace, by its number on the host. */
function initBelow(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    if (/^NSpid:.*\s1$/mu.test(status)) return pid;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    if (children === '') return undefined;
    return children.split(' ').map(Number).map(initBelow).find(init => init !== undefined); // prettier-ignore
  } catch {
    return undefined; // It ended between two looks.
  }
}
