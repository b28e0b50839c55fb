import path from 'node:path';
import type { ApiVersion } from '../common/api-facts.ts';
import { ApiFacts, minorOf } from '../common/api-facts.ts';

const facts = new ApiFacts(path.join(import.meta.dirname, 'derived/api-facts.json'));

/** The oldest that the simulator plays: export policies came with it. */
const OLDEST_MINOR = 3;

export const PUBLISHED_VERSIONS: readonly string[] = facts.versions.filter(version => minorOf(version) >= OLDEST_MINOR);
export const NEWEST_VERSION: string = facts.newest;

export function apiVersion(version: string): ApiVersion {
  return facts.version(version);
}
