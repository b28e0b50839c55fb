import { describe, expect, it } from '@jest/globals';
import { flashArraySchema, flashBladeSchema, secretFields } from './array-schema.ts';

const token = 'b0a3c8f2-0000-4000-8000-000000000001';
const item = { MgmtEndPoint: '10.0.0.1', APIToken: token };

describe('flashArraySchema', () => {
  it('reads null labels as none and scalars as text', () => {
    expect(flashArraySchema.parse({ ...item, Labels: null }).Labels).toEqual({});
    expect(flashArraySchema.parse(item).Labels).toEqual({});
    const parsed = flashArraySchema.parse({ ...item, Labels: { rack: 22, ssd: true, env: 'dev', tier: null } });
    expect(parsed.Labels).toEqual({ rack: '22', ssd: 'true', env: 'dev', tier: '' });
  });

  it.each(['fa1.example.org', '10.0.0.1', '10.0.0.1:8443', '[fd00::1]:443', 'fd00::1'])('accepts %s', MgmtEndPoint => {
    expect(flashArraySchema.safeParse({ ...item, MgmtEndPoint }).success).toBe(true);
  });

  it.each(['', 'https://10.0.0.1', '10.0.0.1/api', 'fa 1', 'fa1:', 'fa1:99999', '1.2.3.4.5', ':::', '[fd00::1::2]'])(
    'refuses the endpoint "%s"',
    MgmtEndPoint => {
      const { error } = flashArraySchema.safeParse({ ...item, MgmtEndPoint });
      expect(error?.issues[0]?.path).toEqual(['MgmtEndPoint']);
    },
  );

  it('names a bad field and never the token', () => {
    const { error } = flashArraySchema.safeParse({ ...item, APIToken: `${token} x`, certificateSha256: 'aa' });
    expect(error?.issues.map(issue => issue.path.join('.'))).toEqual(['APIToken', 'certificateSha256']);
    expect(JSON.stringify(error)).not.toContain(token);
  });

  it('keeps unknown keys, so that they can be named', () => {
    expect(flashArraySchema.parse({ ...item, Realm: 'r1' })).toHaveProperty('Realm', 'r1');
  });
});

describe('flashBladeSchema', () => {
  it.each(['NFSEndPoint', 'NfsEndPoint'])('accepts the spelling %s', key => {
    expect(flashBladeSchema.parse({ ...item, [key]: '10.0.0.9' })).toHaveProperty(key, '10.0.0.9');
  });
});

describe('secretFields', () => {
  it('finds the fields marked secret', () => {
    expect(secretFields(flashArraySchema)).toEqual(['APIToken']);
    expect(secretFields(flashBladeSchema)).toEqual(['APIToken']);
  });
});
