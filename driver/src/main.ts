import { HELP, parseCommandLine } from './cli.ts';
import type { ControllerOptions, NodeOptions, Options } from './cli.ts';
import { PsoError } from './domain/errors.ts';
import type { RunningPart } from './running-part.ts';

/** Each part loads only its own code: the node plugin pays no memory for the controller's. */
async function start(options: ControllerOptions | NodeOptions): Promise<RunningPart> {
  if (options.role === 'controller') {
    const { composeController } = await import('./compose-controller.ts');
    return composeController(options);
  }
  const { composeNode } = await import('./compose-node.ts');
  return composeNode(options);
}

function stopOnSignal(part: RunningPart): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    part.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${PsoError.from(error).sentence}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Exit codes: 0 done, 1 cannot run, 2 wrong command line. */
async function main(): Promise<void> {
  let options: Options;
  try {
    options = parseCommandLine(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${PsoError.from(error).sentence}\n`);
    process.exitCode = 2;
    return;
  }
  if (options.role === 'help') {
    process.stdout.write(HELP);
    return;
  }
  try {
    if (options.role === 'place') {
      const { composePlace } = await import('./compose-place.ts');
      process.exit(await composePlace(options, text => process.stdout.write(text)));
    }
    stopOnSignal(await start(options));
  } catch (error) {
    process.stderr.write(`${PsoError.from(error).sentence}\n`);
    process.exit(1);
  }
}

await main();
