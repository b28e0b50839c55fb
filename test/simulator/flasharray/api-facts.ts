import path from 'node:path';
import { ApiFacts } from '../common/api-facts.ts';
import type { ApiVersion } from '../common/api-facts.ts';

const facts = new ApiFacts(path.join(import.meta.dirname, 'derived/api-facts.json'));

export const PUBLISHED_VERSIONS: readonly string[] = facts.versions;
export const NEWEST_VERSION: string = facts.newest;

export function apiVersion(version: string): ApiVersion {
  return facts.version(version);
}
