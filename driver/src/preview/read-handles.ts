import * as z from 'zod';
import { PsoError } from '../domain/errors.ts';
import type { VolumeReportsQuestion } from '../orchestrator/volume-reports.ts';
import { readJson } from './read-json.ts';

const MAX_HANDLES = 100;
/** Each costs calls of its own. */
const MAX_DETAILED = 10;

/** What may be asked of volumes; docs/how-to/lifecycle.md has an example. */
const questionSchema = z
  .strictObject({
    handles: z.array(z.string().min(1).max(320)).max(MAX_HANDLES),
    details: z.boolean().default(false),
  })
  .refine(({ handles, details }) => !details || handles.length <= MAX_DETAILED, {
    path: ['handles'],
    message: `with details, at most ${MAX_DETAILED} volumes`,
  });

const invalid = (message: string): PsoError =>
  new PsoError('report-invalid', message, 'Correct it and ask again; docs/how-to/lifecycle.md has an example.');

/** Throws a PsoError naming field and value. */
export const readHandles = (text: string): VolumeReportsQuestion => readJson(text, questionSchema, invalid);
