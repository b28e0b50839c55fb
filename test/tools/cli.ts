import { existsSync } from 'node:fs';
import process from 'node:process';
import { PsoError } from '../../driver/src/domain/errors.ts';
import type { Artefact } from './artefact.ts';
import { artefacts } from './artefacts.ts';
import { cacheRoot, expectedSeconds, pathOf } from './cache.ts';
import { ensureAll, missing } from './ensure.ts';
import { duration, LineProgress } from './progress.ts';
import { removeUnused, sizeOf, SPARED_DAYS, unusedBuilds } from './prune.ts';

const HELP = `Pinned tools and artefacts of the tests, built once and kept in ${cacheRoot()}.

  node test/tools/cli.ts list           every artefact: kept or missing, seconds a build takes
  node test/tools/cli.ts build NAME …   build what is missing of these (all: every one); prints the paths
  node test/tools/cli.ts path NAME      where it is; exit code 1 when it is not built
  node test/tools/cli.ts prune          lists old builds: of inputs that are not the present ones, not used for ${SPARED_DAYS} days
  node test/tools/cli.ts prune --remove removes them

PURE_PSO_CACHE names another folder for the cache.
`;

async function main([command, ...names]: readonly string[]): Promise<number> {
  if (command === 'list' && names.length === 0) return list();
  if (command === 'build' && names.length > 0) return build(names);
  if (command === 'path' && names.length === 1) return showPath(find(names[0] ?? ''));
  if (command === 'prune' && (names.length === 0 || names.join() === '--remove')) return prune(names.length > 0);
  const asked = command === undefined || command === '--help' || command === '-h' || command === 'help';
  (asked ? process.stdout : process.stderr).write(HELP);
  return asked ? 0 : 2;
}

async function list(): Promise<number> {
  for (const artefact of artefacts) {
    const state = existsSync(await pathOf(artefact)) ? 'kept' : 'missing';
    const seconds = duration(await expectedSeconds(artefact));
    process.stdout.write(`${artefact.name.padEnd(18)} ${state.padEnd(8)} ${seconds.padStart(12)}  ${artefact.title}\n`);
  }
  return 0;
}

async function build(names: readonly string[]): Promise<number> {
  const wanted = names.includes('all') ? artefacts : names.map(find);
  using progress = new LineProgress();
  const count = (await missing(wanted)).length;
  if (count > 0) process.stderr.write(`${count} to build\n`);
  const paths = await ensureAll(wanted, progress);
  for (const [index, built] of paths.entries()) process.stdout.write(`${wanted[index]?.name ?? ''} ${built}\n`);
  return 0;
}

async function showPath(artefact: Artefact): Promise<number> {
  const target = await pathOf(artefact);
  if (existsSync(target)) {
    process.stdout.write(`${target}\n`);
    return 0;
  }
  process.stderr.write(`${artefact.name} is not built. Run: node test/tools/cli.ts build ${artefact.name}\n`);
  return 1;
}

async function prune(remove: boolean): Promise<number> {
  const unused = await unusedBuilds(artefacts, new Date());
  let bytes = 0;
  for (const build of unused) {
    const size = await sizeOf(build.folder);
    bytes += size;
    process.stdout.write(
      `${megabytes(size)}  last used ${build.lastUse.toISOString().slice(0, 10)}  ${build.folder}\n`,
    );
  }
  process.stdout.write(`${megabytes(bytes)}  in ${unused.length} builds that nothing needs\n`);
  if (!remove) {
    if (unused.length > 0)
      process.stdout.write('Nothing is removed yet: `node test/tools/cli.ts prune --remove` does it.\n');
    return 0;
  }
  for (const build of unused) {
    const done = (await removeUnused(build)) ? 'removed' : 'kept, it was used just now:';
    process.stdout.write(`${done} ${build.folder}\n`);
  }
  return 0;
}

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(0).padStart(6)} MB`;

function find(name: string): Artefact {
  const found = artefacts.find(artefact => artefact.name === name);
  if (found !== undefined) return found;
  const known = artefacts.map(artefact => artefact.name).join(', ');
  throw new PsoError('invalid', `Unknown artefact '${name}'.`, `Use one of: ${known}, all.`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${PsoError.from(error).sentence}\n`);
  process.exitCode = 1;
}
