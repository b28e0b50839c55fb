import { describe, expect, it } from '@jest/globals';
import { questions } from '../testing/chart-files.ts';
import { holds, unsupported, variablesOf } from './condition.ts';
import { readQuestions } from './question.ts';

const values = { a: { on: true, off: false, name: 'x', none: '', count: 3, list: ['y'] } };

describe('show_if', () => {
  it.each([
    ['a.on=true', true],
    ['a.on', true],
    ['a.off', false],
    ['a.off=false', true],
    ['a.name=x', true],
    ['a.name=y', false],
    ['a.count=3', true],
    ['a.none=', true],
    ['a.missing=', true],
    ['a.missing=x', false],
    ['a.name=', false],
    ['a.name=x && a.on=true', true],
    ['a.name=y&&a.on=true', false],
    ['a.name=y||a.on=true', true],
    ['a.name=y || a.on=true && a.off=true', false],
    ['a.list=["y"]', true],
    ['a.name!=x', true],
    ['(a.name=y)', true],
  ])('%s: %s', (condition, shown) => {
    expect(holds(condition, values)).toBe(shown);
  });

  it('names what it reads', () => {
    expect(variablesOf('a.name=y || a.on && b=')).toEqual(['a.name', 'a.on', 'b']);
  });

  it('is never one that hosts up to 2.15 cannot evaluate', () => {
    const conditions = readQuestions(questions()).flatMap(question => question.showIf);
    expect(conditions.filter(unsupported)).toEqual([]);
  });
});
