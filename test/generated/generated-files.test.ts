import { describe, expect, it } from '@jest/globals';
import { differences, generateAll } from '../../scripts/generate/outputs.ts';
import { valuesJsonSchema } from '../../scripts/generate/values-json-schema.ts';

describe('generated files', () => {
  it('are what their sources give', async () => {
    const files = await generateAll();
    expect(files.size).toBeGreaterThan(4);
    expect(await differences(files)).toEqual([]);
  }, 60_000);

  it('notices a change', async () => {
    expect(await differences(new Map([['docs/options.md', 'other']]))).toEqual(['docs/options.md']);
  });
});

describe('valuesJsonSchema', () => {
  const schema = valuesJsonSchema();

  it('requires nothing at the top and lets unknown keys pass', () => {
    expect(schema).not.toHaveProperty('required');
    expect(schema.additionalProperties).toEqual({});
    expect(schema.properties?.global?.type).toEqual(['object', 'null']);
  });

  it('gives a secret no pattern, which would print it', () => {
    const token = schema.properties?.arrays?.properties?.FlashArrays?.items?.properties?.APIToken;
    expect(token).toMatchObject({ secret: true, type: 'string', minLength: 1 });
    expect(token).not.toHaveProperty('pattern');
  });
});
