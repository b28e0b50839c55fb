import { describe, expect, it } from '@jest/globals';
import { firstUnmet, parseLabelSelector } from './label-selector.ts';

const labels = { env: 'dev', tier: 'gold' };

describe('label selector', () => {
  it.each([
    ['', true],
    ['env=dev', true],
    ['env==dev, tier in (gold, silver)', true],
    ['env!=dev', false],
    ['env notin (prod,test)', true],
    ['rack notin (r1)', true],
    ['!old', true],
    ['!env', false],
    ['tier', true],
    ['rack', false],
    ['constructor', false],
  ])('%p on env=dev,tier=gold: %p', (text, matches) => {
    expect(firstUnmet(parseLabelSelector(text), labels) === null).toBe(matches);
  });
  it.each(['env=dev,', 'env in dev', 'env in ()', '=dev', 'a b', 'env=d(v'])('refuses %p by name', text => {
    expect(() => parseLabelSelector(text)).toThrow(`arraySelector="${text}"`);
  });
});
