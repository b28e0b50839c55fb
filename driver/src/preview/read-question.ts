import * as z from 'zod';
import type { ArrayKind, Protocol } from '../domain/array.ts';
import { MAX_VOLUME_BYTES } from '../domain/bytes.ts';
import { PsoError } from '../domain/errors.ts';
import { parseClassParameters } from '../orchestrator/parameters.ts';
import type { ImaginedArray, WhatIfQuestion } from '../orchestrator/what-if.ts';
import { readJson } from './read-json.ts';

const MAX_CLAIMS = 100;
const MAX_ARRAYS = 200;
const MAX_SEGMENTS = 100;
const KINDS = ['flasharray', 'flashblade', 'cloud-block-store'] as const satisfies readonly ArrayKind[];
const PROTOCOLS = ['iscsi', 'nvme-tcp', 'nvme-roce', 'fc', 'nfs'] as const satisfies readonly Protocol[];

const texts = z.record(z.string().min(1).max(320), z.string().max(4096));
const bytes = z.int().min(0);
/** Averages of an array; no figure of that kind needs more digits. */
const average = z.number().min(0).max(1e15);

const arraySchema = z
  .strictObject({
    endpoint: z.string().min(1).max(253),
    /** Absent: the endpoint. */
    name: z.string().min(1).max(253).optional(),
    kind: z.enum(KINDS).default('flasharray'),
    labels: texts.default({}),
    cordoned: z.boolean().default(false),
    trouble: z.string().min(1).max(1000).nullable().default(null),
    capacity: z.strictObject({
      totalBytes: bytes,
      usedBytes: bytes,
      provisionedBytes: bytes.nullable().default(null),
    }),
    load: z
      .strictObject({
        iops: average.default(0),
        bytesPerSecond: average.default(0),
        latencyMicroseconds: average.default(0),
        queueMicroseconds: average.default(0),
      })
      .nullable()
      .default(null),
    protocols: z.array(z.enum(PROTOCOLS)).max(PROTOCOLS.length).nullable().default(null),
    supportsQos: z.boolean().default(true),
  })
  .transform((array): ImaginedArray => ({ ...array, name: array.name ?? array.endpoint }));

const arraysSchema = z
  .array(arraySchema)
  .max(MAX_ARRAYS)
  .refine(
    arrays => new Set(arrays.map(({ endpoint }) => endpoint)).size === arrays.length,
    'two arrays have one endpoint',
  );

/** What may be asked; docs/how-to has an example. Unknown keys are refused: a question that is half understood misleads. */
const questionSchema = z.strictObject({
  /** Of the class, as a StorageClass holds them. */
  parameters: texts.default({}),
  /** Of a VolumeAttributesClass. */
  attributes: texts.default({}),
  sizeBytes: z.int().min(1).max(MAX_VOLUME_BYTES),
  count: z.int().min(1).max(MAX_CLAIMS).default(1),
  topology: z
    .strictObject({
      requisite: z.array(texts).max(MAX_SEGMENTS).default([]),
      preferred: z.array(texts).max(MAX_SEGMENTS).default([]),
    })
    .default({ requisite: [], preferred: [] }),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .nullable()
    .default(null),
  /** An imagined fleet; absent: the one that there is. */
  arrays: arraysSchema.nullable().default(null),
});

const invalid = (message: string): PsoError =>
  new PsoError(
    'preview-invalid',
    message,
    'Correct it and ask again; docs/how-to/preview-placement.md has an example.',
  );

/** Throws a PsoError naming field and value for anything that a class or a claim could not say either. */
export function readQuestion(text: string): WhatIfQuestion {
  const question = readJson(text, questionSchema, invalid);
  const { parameters, attributes, sizeBytes, count, topology, seed, arrays } = question;
  return {
    parameters: parseClassParameters(parameters, attributes),
    sizeBytes,
    count,
    topology,
    seed,
    imagined: arrays,
  };
}
