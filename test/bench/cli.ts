import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { shortOf } from './bench.ts';
import { burst } from './burst.ts';
import { calls } from './calls.ts';
import { claims } from './claims.ts';
import { faults } from './faults.ts';
import { fleet } from './fleet.ts';
import { idle } from './idle.ts';
import { overhead } from './overhead.ts';
import { pages } from './pages.ts';
import { placement } from './placement.ts';

const BENCHES: readonly Bench[] = [calls, overhead, claims, burst, faults, placement, idle, fleet, pages];

function help(): string {
  const lines = BENCHES.flatMap(({ name, summary, options }) => [
    `  ${name.padEnd(10)} ${summary}`,
    ...Object.entries(options).map(
      ([option, { value, meaning }]) => `${' '.repeat(13)}--${option} ${value}: ${meaning}`,
    ),
  ]);
  return `Measures the driver. The last line of the output is JSON; the exit code is 1 when a figure misses its bar.

npm run bench -- NAME [options]
npm run bench -- list

${lines.join('\n')}
`;
}

function readOptions(bench: Bench, args: readonly string[]): Record<string, number> {
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.keys(bench.options).map(name => [name, { type: 'string' as const }])),
  });
  return Object.fromEntries(
    Object.entries(bench.options).map(([name, { value }]) => {
      const given = values[name];
      const number = given === undefined ? value : Number(given);
      if (!Number.isFinite(number)) throw new Error(`--${name} = ${JSON.stringify(given)}: expected a number.`);
      return [name, number];
    }),
  );
}

async function main(): Promise<void> {
  const [name = '--help', ...args] = process.argv.slice(2);
  if (name === '--help' || name === 'help' || args.includes('--help')) {
    process.stdout.write(help());
    return;
  }
  if (name === 'list') {
    process.stdout.write(`${BENCHES.map(bench => bench.name).join('\n')}\n`);
    return;
  }
  const bench = BENCHES.find(one => one.name === name);
  if (bench === undefined) {
    throw new Error(
      `There is no bench ${JSON.stringify(name)}; there are: ${BENCHES.map(one => one.name).join(', ')}.`,
    );
  }
  const result = await bench.run(readOptions(bench, args), line => process.stdout.write(`${line}\n`));
  const short = shortOf(result);
  process.stdout.write(`${JSON.stringify({ bench: bench.name, figures: result.figures, bars: result.bars, short })}\n`);
  process.exitCode = short.length > 0 ? 1 : 0;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
