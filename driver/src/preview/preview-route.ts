import { PsoError } from '../domain/errors.ts';
import type { PsoErrorCode } from '../domain/errors.ts';
import type { FleetUsage } from '../orchestrator/fleet-usage.ts';
import type { KeptVolumes } from '../orchestrator/kept-volumes.ts';
import type { VolumeReports } from '../orchestrator/volume-reports.ts';
import type { WhatIf } from '../orchestrator/what-if.ts';
import { readHandles } from './read-handles.ts';
import { readQuestion } from './read-question.ts';

/** Never part of a cached or logged page: the answer is for the one who asks. */
interface PreviewAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What is not the asker's fault, or not worth another look, is 503. */
const STATUS: Partial<Readonly<Record<PsoErrorCode, number>>> = { invalid: 400, 'out-of-range': 400, bug: 500 };

const json = (status: number, value: object): PreviewAnswer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
});

/** Text of a question → what `answer` makes of it, or `{ error, reference }` with one sentence. */
async function answered(answer: () => Promise<object>): Promise<PreviewAnswer> {
  try {
    return json(200, await answer());
  } catch (thrown) {
    const error = PsoError.from(thrown);
    return json(STATUS[error.code] ?? 503, { error: error.sentence, reference: error.reference });
  }
}

/** `WhatIfAnswer`. */
export const answerPreview = (whatIf: WhatIf, text: string): Promise<PreviewAnswer> =>
  answered(async () => await whatIf.ask(readQuestion(text)));

/** `VolumeReportsAnswer`. */
export const answerReports = (reports: VolumeReports, text: string): Promise<PreviewAnswer> =>
  answered(async () => await reports.ask(readHandles(text)));

/** `KeptVolumesAnswer`; an array that does not answer is part of it. */
export const answerKept = async (kept: KeptVolumes): Promise<PreviewAnswer> => json(200, await kept.list());

/** `FleetUsageAnswer`, likewise. */
export const answerUsage = async (usage: FleetUsage): Promise<PreviewAnswer> => json(200, await usage.tell());
