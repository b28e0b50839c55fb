import type { Item } from '../fields.ts';
import type { Listing } from '../listing.ts';
import { query } from '../query.ts';
import { getItems, getListing } from '../reads.ts';
import type { RestCall, RestClient } from '../rest-client.ts';

const PAGE = 1000;

/** One array of a pod; two are an ActiveCluster. */
export interface PodArrayItem {
  /** UUID, lower case. */
  readonly id: string;
  readonly name: string;
  /** `online`, `offline`, `resyncing`, …; the array that is asked says so of all. */
  readonly status: string;
}

/** The arrays that hold a pod; null when there is none of that name. */
export async function getPodArrays(
  rest: RestClient,
  podName: string,
  call: RestCall,
): Promise<readonly PodArrayItem[] | null> {
  const [pod] = await getItems(rest, `/pods${query({ names: [podName] })}`, call);
  return pod ? arraysOf(pod) : null;
}

const arraysOf = (pod: Item): readonly PodArrayItem[] =>
  pod.items('arrays').map(item => ({
    id: item.text('id').toLowerCase(),
    name: item.text('name'),
    status: item.textOrNull('status') ?? 'unknown',
  }));

export interface PodItem {
  /** `realm::pod` or `pod`. */
  readonly name: string;
  readonly arrays: readonly PodArrayItem[];
}

/** Live pods, a page at a time. */
export async function getPods(rest: RestClient, token: string | null, call: RestCall): Promise<Listing<PodItem>> {
  const path = `/pods${query({ filter: "destroyed='false'", limit: PAGE, continuation_token: token })}`;
  return await getListing(rest, path, item => ({ name: item.text('name'), arrays: arraysOf(item) }), call);
}
