import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab, startLab } from './lab.ts';
import { LabError } from './lab-error.ts';
import type { LabOptions } from './options.ts';
import { labPaths, labsFolder, readRunning } from './state.ts';

/** A first start builds kernel and images; a warm one takes ten seconds. */
const START_LIMIT_MS = 25 * 60_000;

/** For whoever writes tests: the name of a lab that is up (`npm run lab -- up`) and stays up after them. */
const STANDING_LAB = 'PURE_PSO_TEST_LAB';

/**
 * The one lab of a test run: the first test file that asks starts it, the others get the same, and it ends with the
 * test runner, however that ends. Tests name what they make so that they do not meet, and remove it afterwards.
 */
export async function sharedLab(): Promise<Lab> {
  const standing = process.env[STANDING_LAB];
  if (standing !== undefined) return Lab.attach(standing);
  const name = `tests-${testRunnerPid()}`;
  const lock = path.join(labsFolder(), `.${name}`);
  mkdirSync(labsFolder(), { recursive: true });
  for (let waited = 0; waited < START_LIMIT_MS; waited += 100) {
    if (tryLock(lock)) {
      try {
        return await attachOrStart(name);
      } finally {
        rmdirSync(lock);
      }
    }
    await sleep(100);
  }
  throw new LabError(`The lab of this test run is locked by ${lock}.`, 'Remove that folder.');
}

async function attachOrStart(name: string): Promise<Lab> {
  if (!readRunning(labPaths(name))) {
    const labels = { n1: zoneLabels('a'), n2: zoneLabels('b') };
    // The tests want NVMe and speed, and the first build of our own kernel serves all later labs.
    const options: LabOptions = { name, detached: true, ownerPid: testRunnerPid(), labels, kernel: 'own' };
    return startLab(options, line => process.stderr.write(`${line}\n`));
  }
  const lab = Lab.attach(name);
  await lab.awaitReady(() => undefined);
  await startFallen(lab);
  return lab;
}

/** A guest that went down by itself costs the tests of one file, not of all that follow; the layer's result tells of it. */
async function startFallen(lab: Lab): Promise<void> {
  const { services, guests } = await lab.status();
  for (const name of guests.filter(guest => !services.includes(guest))) {
    process.stderr.write(
      `guest ${name} is down: it is started again (see \`npm run lab -- --name ${lab.name} logs ${name}\`)\n`,
    );
    await lab.guest(name).start();
    if (!lab.workers.includes(name)) continue;
    const { code, stderr } = await lab.kubectl(['wait', `node/${name}`, '--for=condition=Ready', '--timeout=120s']);
    if (code !== 0) throw new LabError(`Node ${name} does not come back: ${stderr.trim()}`, 'Look at its log.');
  }
}

function zoneLabels(zone: string): Record<string, string> {
  return { 'topology.kubernetes.io/region': 'lab', 'topology.kubernetes.io/zone': zone };
}

function tryLock(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

/** Jest runs a test file in its own process or in a worker; the lab belongs to the outermost Jest. */
function testRunnerPid(): number {
  let pid = process.pid;
  for (;;) {
    const parent = Number(/\) \S (\d+)/u.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? 0);
    if (parent <= 1 || !readFileSync(`/proc/${parent}/cmdline`, 'utf8').includes('jest')) return pid;
    pid = parent;
  }
}
