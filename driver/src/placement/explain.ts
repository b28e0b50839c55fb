import { formatBytes } from '../domain/bytes.ts';
import { PsoError } from '../domain/errors.ts';
import type { ErrorId } from '../domain/errors.ts';
import type { Refusal } from './framework.ts';
import type { CandidateVerdict, Decision } from './place.ts';

/** Kubernetes cuts an event's message at 1 kB. */
export const MAX_EVENT_BYTES = 1000;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function cut(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let short = text.slice(0, maxBytes);
  while (Buffer.byteLength(short) > maxBytes - 4) short = short.slice(0, -8);
  return `${short} …`;
}

const figures = ({ name, scores }: CandidateVerdict): string =>
  scores ? `${name} (space ${percent(scores.space)}, load ${percent(scores.load)})` : name;

const find = (decision: Decision, endpoint: string | null): CandidateVerdict | undefined =>
  decision.verdicts.find(verdict => verdict.endpoint === endpoint);

const refused = (decision: Decision): readonly string[] =>
  decision.verdicts.flatMap(({ name, refusal }) => (refusal ? [`${name}: ${refusal.sentence}`] : []));

/** Why this array: for the claim's event. */
export function explain(decision: Decision): string {
  const chosen = find(decision, decision.chosen);
  if (!chosen) return explainRefusal(decision);
  const runnerUp = find(decision, decision.runnerUp);
  const age = Math.round((chosen.dataAgeMs ?? 0) / 1000);
  const parts = [
    `${formatBytes(decision.request.sizeBytes)} placed on ${figures(chosen)}, figures ${age} s old.`,
    runnerUp ? `Runner-up: ${figures(runnerUp)}.` : 'No other array fits.',
  ];
  const others = refused(decision);
  if (others.length > 0) parts.push(`Refused: ${others.join(' ')}`);
  return cut(parts.join(' '), MAX_EVENT_BYTES);
}

/** One sentence for each array. */
export function explainRefusal(decision: Decision): string {
  const size = formatBytes(decision.request.sizeBytes);
  if (decision.verdicts.length === 0) return `No array is configured, so ${size} cannot be placed.`;
  return cut(`No array fits ${size}. ${refused(decision).join(' ')}`, MAX_EVENT_BYTES);
}

const HINTS: Readonly<Record<Refusal['class'], readonly [ErrorId, string]>> = {
  capacity: ['no-array-has-room', 'Free space, add an array or raise maxUsedPercent.'],
  health: ['no-array-answers', 'Check the arrays that are named; the claim is tried again by itself.'],
  topology: ['no-array-in-reach', 'Check allowedTopologies of the class against the labels of nodes and arrays.'],
  kind: ['no-array-matches', 'Check the parameters of the class against the arrays in the values of the chart.'],
};
/** What can pass by itself comes first: then the caller should try again rather than change its claim. */
const ORDER = ['health', 'capacity', 'topology', 'kind'] as const;

export function refusalError(decision: Decision): PsoError {
  const classes = new Set(decision.verdicts.map(({ refusal }) => refusal?.class));
  const worst = ORDER.find(name => classes.has(name)) ?? 'kind';
  const [id, hint] = HINTS[worst];
  const nextStep = decision.verdicts.length === 0 ? 'Add one to arrays.FlashArrays in the values of the chart.' : hint;
  return new PsoError(id, explainRefusal(decision), nextStep);
}

/** `chosen>runner-up of n`: fits a tag's 256 characters. */
export function shortDecision(decision: Decision): string {
  const chosen = find(decision, decision.chosen);
  const fitting = decision.verdicts.filter(({ refusal }) => refusal === null).length;
  const cost = chosen?.scores?.cost.toFixed(3) ?? '-';
  return cut(
    `${chosen?.name ?? '-'} cost ${cost}, runner-up ${find(decision, decision.runnerUp)?.name ?? '-'}, ${fitting} of ${decision.verdicts.length} fit`,
    250,
  );
}

/** The whole decision as JSON; inputs are left out when they would not fit `maxBytes`. */
export function decisionJson(decision: Decision, maxBytes = 64 * 1024): string {
  const full = JSON.stringify(decision);
  if (Buffer.byteLength(full) <= maxBytes) return full;
  const { snapshot, reserved, ...rest } = decision;
  const short = { ...rest, takenAtMs: snapshot.takenAtMs, reservedArrays: Object.keys(reserved).length };
  const text = JSON.stringify(short);
  return Buffer.byteLength(text) <= maxBytes
    ? text
    : JSON.stringify({ ...short, verdicts: [], summary: explain(decision) });
}
