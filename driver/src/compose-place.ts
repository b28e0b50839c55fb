import { systemClock } from './adapters/system-clock.ts';
import { systemRandom } from './adapters/system-random.ts';
import { readTextFile } from './adapters/text-file.ts';
import { httpsTransport } from './adapters/https-transport.ts';
import type { PlaceOptions } from './cli.ts';
import { everyFamily } from './compose-backends.ts';
import { loadFleet } from './config/load.ts';
import { settingsSchema } from './config/settings-schema.ts';
import { silentLogger } from './lib/logger.ts';
import { Fleet } from './orchestrator/fleet.ts';
import { parseClassParameters } from './orchestrator/parameters.ts';
import { toPlacement } from './orchestrator/placement-request.ts';
import { explain } from './placement/explain.ts';
import { DEFAULT_POLICY } from './placement/framework.ts';
import type { CandidateVerdict } from './placement/place.ts';
import { place } from './placement/place.ts';
import { VERSION } from './version.ts';

/** Each array gets this long to answer. */
const ASK_MS = 10_000;

const percent = (share: number): string => `${Math.round(share * 100)} %`.padStart(6);

function line(verdict: CandidateVerdict, chosen: string | null, runnerUp: string | null): string {
  const mark = verdict.endpoint === chosen ? 'chosen' : verdict.endpoint === runnerUp ? 'runner-up' : '';
  const words = verdict.refusal
    ? `refused: ${verdict.refusal.sentence}`
    : `space ${percent(verdict.scores?.space ?? 0)}  load ${percent(verdict.scores?.load ?? 0)}`;
  return `  ${verdict.name.padEnd(16)} ${mark.padEnd(10)} ${words}\n`;
}

/** Asks the fleet once and tells where a volume would go. Exit code 0 when it fits somewhere, else 1. */
export async function composePlace(options: PlaceOptions, print: (text: string) => void): Promise<number> {
  const settings = settingsSchema.parse({ clusterID: 'dryrun' });
  const loaded = loadFleet(await readTextFile(options.arraysFile), settings);
  for (const { sentence } of loaded.problems) print(`${sentence}\n`);
  const makeBackend = everyFamily({
    clock: systemClock,
    random: systemRandom,
    transportFactory: httpsTransport,
    userAgent: `pure-pso/${VERSION}`,
  });
  const fleet = new Fleet({
    clock: systemClock,
    logger: silentLogger,
    makeBackend,
    pollMs: settings.pollSeconds * 1000,
  });
  try {
    fleet.configure(loaded.arrays);
    await fleet.whenAsked(ASK_MS);
    const decision = place({
      request: toPlacement(
        parseClassParameters({ backend: options.backend, arraySelector: options.arraySelector }, {}),
        [settings.sanType],
        { name: 'dry-run', sizeBytes: options.sizeBytes, topology: { requisite: [], preferred: [] } },
      ),
      policy: DEFAULT_POLICY,
      snapshot: fleet.snapshot(),
      reserved: {},
      nowMs: systemClock.nowMs(),
      random: systemRandom,
    });
    const [summary = ''] = explain(decision).split(' Refused: ');
    print(`${summary}\n`);
    for (const verdict of decision.verdicts) print(line(verdict, decision.chosen, decision.runnerUp));
    return decision.chosen === null ? 1 : 0;
  } finally {
    await fleet.close();
  }
}
