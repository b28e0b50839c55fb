import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { PsoError } from '../../driver/src/domain/errors.ts';
import type { Artefact, BuildContext } from './artefact.ts';
import { takeLock } from './build-lock.ts';
import { cacheRoot, expectedSeconds, noteUse, pathOf, rememberSeconds } from './cache.ts';
import { runLogged } from './command.ts';
import { ensureHostPackages } from './host-packages.ts';
import { Lanes } from './lanes.ts';
import { quiet, type Progress } from './progress.ts';

/** Absolute path of the artefact, built first (with what it needs) when the cache lacks it. */
export async function ensure(artefact: Artefact, progress: Progress = quiet): Promise<string> {
  const [built] = await ensureAll([artefact], progress);
  if (built === undefined) throw new PsoError('bug', `No path for artefact ${artefact.name}.`, 'Please report it.');
  return built;
}

/** Cores one heavy build can use well; a larger machine runs several at a time. */
const CORES_PER_HEAVY = 8;
const LIGHT_BUILDS = 2;
const FETCHES = 4;

/**
 * Paths in the order asked for. Independent artefacts are built at once as far as the cores carry it; fetches
 * overlap compiles. After a failure nothing new is started; the running ones end first, so that their work is kept.
 */
export async function ensureAll(
  artefacts: readonly Artefact[],
  progress: Progress = quiet,
): Promise<readonly string[]> {
  const lanes = new Lanes({
    heavy: Math.max(1, Math.floor(availableParallelism() / CORES_PER_HEAVY)),
    light: LIGHT_BUILDS,
    fetch: FETCHES,
  });
  const started = new Map<string, Promise<string>>();
  const one = (artefact: Artefact): Promise<string> => {
    const running = started.get(artefact.name) ?? new Build(artefact, lanes, progress, one).path();
    started.set(artefact.name, running);
    return running;
  };
  const results = await Promise.allSettled(artefacts.map(one));
  return results.map(result => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

class Build {
  private readonly artefact: Artefact;
  private readonly lanes: Lanes;
  private readonly progress: Progress;
  private readonly one: (artefact: Artefact) => Promise<string>;

  constructor(artefact: Artefact, lanes: Lanes, progress: Progress, one: (artefact: Artefact) => Promise<string>) {
    this.artefact = artefact;
    this.lanes = lanes;
    this.progress = progress;
    this.one = one;
  }

  async path(): Promise<string> {
    const target = await pathOf(this.artefact);
    if (!existsSync(target)) await this.make(target);
    await noteUse(target);
    return target;
  }

  private async make(target: string): Promise<void> {
    const { needs, hostPackages } = this.artefact;
    const paths = new Map<string, string>();
    await Promise.all(needs.map(async need => paths.set(need.name, await this.one(need))));
    await this.lanes.run('apt', () => ensureHostPackages(hostPackages, text => this.note(text)));
    await mkdir(path.dirname(target), { recursive: true });
    const lock = await takeLock(`${target}.lock`, () => this.note('another process builds it: waiting for it'));
    try {
      if (!existsSync(target)) await this.buildInto(target, paths);
    } finally {
      await lock.release();
    }
  }

  private async buildInto(target: string, needs: ReadonlyMap<string, string>): Promise<void> {
    const { name, title, weight } = this.artefact;
    await removeLeftovers(target);
    const temporary = `${target}.tmp-${randomUUID().slice(0, 8)}`;
    const logFile = `${target}.log`;
    const context = await this.context(temporary, logFile, needs);
    try {
      if (this.artefact.fetch !== undefined) await this.lanes.run('fetch', () => this.artefact.fetch?.(context));
      await this.lanes.run(weight, async () => {
        const begin = performance.now();
        this.progress.started(name, title, await expectedSeconds(this.artefact), logFile);
        await this.artefact.build(context);
        const seconds = (performance.now() - begin) / 1000;
        await rename(context.out, target);
        await rememberSeconds(this.artefact, seconds);
        this.progress.finished(name, seconds);
      });
    } catch (error) {
      this.progress.failed(name);
      throw error;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  private async context(temporary: string, logFile: string, needs: ReadonlyMap<string, string>): Promise<BuildContext> {
    const folders = {
      out: path.join(temporary, 'out'),
      work: path.join(temporary, 'work'),
      downloads: path.join(cacheRoot(), 'downloads'),
    };
    for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
    await rm(logFile, { force: true });
    return {
      ...folders,
      path: need => {
        const found = needs.get(need.name);
        if (found === undefined) throw new PsoError('bug', `${need.name} is not in needs.`, 'Add it to the artefact.');
        return found;
      },
      run: (command, args, options) => runLogged(logFile, command, args, options),
      withApt: task => this.lanes.run('apt', task),
      note: text => this.note(text),
    };
  }

  private note(text: string): void {
    this.progress.note(this.artefact.name, text);
  }
}

/** What a killed builder left: we hold the lock, so nobody works in it. */
async function removeLeftovers(target: string): Promise<void> {
  const prefix = `${path.basename(target)}.tmp-`;
  for (const entry of await readdir(path.dirname(target))) {
    if (entry.startsWith(prefix)) await rm(path.join(path.dirname(target), entry), { recursive: true, force: true });
  }
}

/** Names the artefacts that a build would make first, for estimates: those missing in the cache, needs included. */
export async function missing(artefacts: readonly Artefact[]): Promise<readonly Artefact[]> {
  const found = new Map<string, Artefact>();
  for (const artefact of artefacts) {
    if (existsSync(await pathOf(artefact))) continue;
    for (const need of await missing(artefact.needs)) found.set(need.name, need);
    found.set(artefact.name, artefact);
  }
  return [...found.values()];
}
