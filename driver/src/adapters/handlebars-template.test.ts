import { expect, it } from '@jest/globals';
import { readHandlebars } from './handlebars-template.ts';

it('reads text, values and filters', async () => {
  expect(await readHandlebars('db-{{namespace}}.{{lower claim}}{{! a remark }}')).toEqual([
    { kind: 'text', text: 'db-' },
    { kind: 'value', name: 'namespace', filter: null },
    { kind: 'text', text: '.' },
    { kind: 'value', name: 'claim', filter: 'lower' },
  ]);
});

it.each([
  '{{this}}',
  '{{../claim}}',
  '{{@root}}',
  '{{claim.constructor}}',
  '{{lookup claim "constructor"}}',
  '{{lower claim pv}}',
  '{{lower claim x=1}}',
  '{{#if claim}}x{{/if}}',
  '{{> partial}}',
  '{{lower (upper claim)}}',
  '{{',
])('refuses %s', async text => {
  await expect(readHandlebars(text)).rejects.toThrow();
});
