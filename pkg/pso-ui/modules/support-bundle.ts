import { isObject, type Json, type JsonObject } from '../forms/json.ts';
import { CONCEALED } from '../forms/secrets.ts';
import { concealLikely, withoutSecrets } from './likely-secrets.ts';
import type { Page } from './paging.ts';

/** One file of the bundle; objects become JSON. */
export interface BundlePart {
  readonly file: string;
  readonly content: Json;
}

/** What is not in the bundle, and the right or the answer that was missing. */
export interface Missing {
  readonly what: string;
  readonly reason: string;
}

/** What was not read of a list; nothing when it is whole. */
export const cutShort = (what: string, { items, count }: Page<unknown>): readonly Missing[] =>
  count <= items.length ? [] : [{ what, reason: `There are ${count}, of which the first ${items.length} were read.` }];

export interface Collected {
  readonly parts: readonly BundlePart[];
  readonly missing: readonly Missing[];
  /** Secrets that the collector has seen, in clear: no file may hold one. */
  readonly secrets: readonly string[];
}

/** Files of the zip with their texts; `README.md` says what is in it and what is not. `at` is RFC 3339. */
export function bundleFiles({ parts, missing, secrets }: Collected, at: string): Readonly<Record<string, string>> {
  const texts = parts.map(({ file, content }) => ({ file, text: textOf(content) }));
  const isClean = (text: string): boolean => !spellings(secrets).some(secret => text.includes(secret));
  const clean = texts.filter(({ text }) => isClean(text));
  const leaking = texts.filter(({ text }) => !isClean(text));
  const left = leaking.map(({ file }) => ({ what: file, reason: 'It held the text of a secret, and was left out.' }));
  const files = Object.fromEntries(clean.map(({ file, text }): [string, string] => [file, text]));
  const readme = readmeOf(Object.keys(files), [...missing, ...left], at);
  if (!isClean(readme) || !Object.keys(files).every(isClean)) {
    throw new Error('A secret would stand in the list of files. Nothing was written.');
  }
  return { 'README.md': readme, ...files };
}

const textOf = (content: Json): string =>
  typeof content === 'string' ? withoutSecrets(content) : `${JSON.stringify(concealLikely(content), null, 2)}\n`;

/** A secret as text, inside JSON, and as Secrets hold it. */
const spellings = (secrets: readonly string[]): readonly string[] =>
  secrets
    .map(secret => secret.trim())
    .filter(secret => secret !== '' && secret !== CONCEALED)
    .flatMap(secret => [secret, JSON.stringify(secret).slice(1, -1), base64(secret)]);

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

function readmeOf(files: readonly string[], missing: readonly Missing[], at: string): string {
  return [
    '# Support bundle of Pure Service Orchestrator',
    '',
    `Collected at ${at} with the rights of the user who asked for it. No Secret with arrays was read; secrets in values are shown as ${CONCEALED}.`,
    '',
    '## What is in it',
    '',
    ...files.map(file => `- ${file}`),
    '',
    '## What is missing',
    '',
    ...(missing.length === 0 ? ['Nothing.'] : missing.map(({ what, reason }) => `- ${what}: ${reason}`)),
    '',
  ].join('\n');
}

/** Of an object of Kubernetes what a reader needs: without managed fields and the copy that kubectl keeps. */
export function slim(object: JsonObject): JsonObject {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {};
  const kept = without(annotations, key => key.endsWith('/last-applied-configuration'));
  return {
    ...without(object, key => RANCHERS.includes(key)),
    metadata: {
      ...without(metadata, key => key === 'managedFields' || key === 'annotations'),
      ...(Object.keys(kept).length > 0 ? { annotations: kept } : {}),
    },
  };
}
/** Keys that Rancher puts beside those of Kubernetes. */
const RANCHERS: readonly string[] = ['id', 'type', 'links', 'actions'];

const without = (object: JsonObject, isLeftOut: (key: string) => boolean): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !isLeftOut(key)));

/** Of a pod where it runs, what runs in it and how that is; its environment is left out. */
export interface PodLike {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly nodeName?: string;
    readonly containers?: readonly ContainerLike[];
    /** Those that run beside the others stand here, too: the driver of a controller does. */
    readonly initContainers?: readonly ContainerLike[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: Json;
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerLike {
  readonly name: string;
  readonly image?: string;
}
interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
}

const containersOf = ({ spec }: PodLike): readonly ContainerLike[] => [
  ...(spec?.initContainers ?? []),
  ...(spec?.containers ?? []),
];
const statusesOf = ({ status }: PodLike): readonly ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];

export const podSummary = (pod: PodLike): JsonObject => ({
  name: pod.metadata.name,
  labels: { ...pod.metadata.labels },
  node: pod.spec?.nodeName ?? '',
  containers: containersOf(pod).map(({ name, image = '' }) => ({ name, image })),
  status: JSON.parse(JSON.stringify(pod.status ?? {})) as Json,
});

/** A log to ask for. */
export interface LogPlace {
  readonly pod: string;
  readonly container: string;
  /** Of the container before its last restart. */
  readonly previous: boolean;
}

/** Logs worth asking for: of controllers first, then of pods that are not well; no more than `limit` pods. */
export function logPlaces(pods: readonly PodLike[], limit: number): readonly LogPlace[] {
  const isWell = (pod: PodLike): boolean => statusesOf(pod).every(({ ready }) => ready === true);
  const isController = ({ metadata }: PodLike): boolean =>
    metadata.labels?.['app.kubernetes.io/component'] === 'controller';
  const rank = (pod: PodLike): number => (isController(pod) ? 0 : isWell(pod) ? 2 : 1);
  return [...pods]
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, limit)
    .flatMap(pod => containersOf(pod).flatMap(({ name }) => placesOf(pod, name)));
}

function placesOf(pod: PodLike, container: string): readonly LogPlace[] {
  const restarts = statusesOf(pod).find(({ name }) => name === container)?.restartCount ?? 0;
  const place = { pod: pod.metadata.name, container };
  return [{ ...place, previous: false }, ...(restarts > 0 ? [{ ...place, previous: true }] : [])];
}
