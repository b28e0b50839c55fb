import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ERROR_CATALOGUE, isErrorId } from '../../driver/src/domain/error-catalogue.ts';
import type { ErrorSite } from './error-sites.ts';
import { errorSites } from './error-sites.ts';
import { errorsPage } from './errors-page.ts';

const sites = await errorSites(path.resolve(import.meta.dirname, '../..'));

/** What is no literal must be typed: the kind of another error, or a table of ids. */
const TYPED = /^(this\.kind|\w+\.kind|id|kind|\w+(\.\w+)*Id|ID_OF\[[\w.]+\]|meaning\?\.\[1\] \?\? '[\w-]+')$/;

function complaintOf({ where, kinds, written }: ErrorSite): string | null {
  const strange = kinds.find(kind => !isErrorId(kind));
  if (strange !== undefined) {
    return `${where}: "${strange}" is no id of the catalogue. Add an entry with code, cause and remedy to driver/src/domain/catalogue/, and give its id.`;
  }
  if (kinds.length > 0 || TYPED.test(written)) return null;
  return `${where}: ${written} may be a bare code. Give an id of driver/src/domain/error-catalogue.ts, or a value typed ErrorId and named id, …Id or ID_OF[…].`;
}

describe('the catalogue of errors', () => {
  it('has every refusal of the driver', () => {
    expect(sites.length).toBeGreaterThan(90);
    expect(sites.flatMap(site => complaintOf(site) ?? [])).toEqual([]);
  });

  it('complains of a bare code, an unknown id and a value that could be either', () => {
    const site = (written: string, kinds: string[]) => complaintOf({ where: 'x.ts:1', kinds, written, messages: [] });
    expect(site("'busy'", ['busy'])).toContain('x.ts:1: "busy" is no id of the catalogue. Add an entry');
    expect(site('error.code', [])).toContain('may be a bare code');
    expect(site("'volume-missing'", ['volume-missing'])).toBeNull();
  });

  it('has sentences, and one heading for each id on the page', () => {
    const page = errorsPage(sites);
    for (const [id, { cause, remedy }] of Object.entries(ERROR_CATALOGUE)) {
      expect(`${id}: ${cause}`).toMatch(/^[a-z][a-z-]+: [A-Z].*\.$/);
      expect(`${id}: ${remedy}`).toMatch(/: .*\.$/);
      expect(page.split(`\n### ${id}\n`)).toHaveLength(2);
    }
  });
});
