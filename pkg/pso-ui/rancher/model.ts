import { formModel } from '../forms/form-model.ts';
import type { Json } from '../forms/json.ts';
import type { JsonSchema } from '../forms/json-schema.ts';
import { arrayLists } from '../modules/credentials.ts';
import questions from '../forms/source/questions.yaml';
import schema from '../forms/source/values.schema.json';

/** The chart that this extension was built with. */
export const model = formModel(schema as unknown as JsonSchema, questions as unknown as Json);
export const fleetLists = arrayLists(model.fields);
