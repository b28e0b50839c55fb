import type { BoundedMap } from '../../lib/bounded-map.ts';
import type { RestClient } from '../../rest/rest-client.ts';
import type { ArrayFacts } from './array-facts.ts';
import type { HostDirectory } from './host-directory.ts';

/** What every operation on one FlashArray needs. */
export interface ArrayContext {
  readonly rest: RestClient;
  readonly facts: ArrayFacts;
  readonly hosts: HostDirectory;
  readonly serials: BoundedMap;
  /** Names whose tags this process has written; only of use below the REST version that takes tags in the body. */
  readonly tagged: BoundedMap;
}
