import { Item, itemsOf } from '../fields.ts';
import type { Fields } from '../fields.ts';
import { nextOf, type Listing } from '../listing.ts';
import { query } from '../query.ts';
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
  const answer = await rest.request({ method: 'GET', path: `/pods${query({ names: [podName] })}` }, call);
  const [pod] = itemsOf(rest.array, answer, false);
  if (!pod) return null;
  return arraysOf(rest, pod);
}

function arraysOf(rest: RestClient, pod: Fields): readonly PodArrayItem[] {
  return itemsOf(rest.array, { items: pod.arrays }, false).map(fields => {
    const item = new Item(rest.array, fields, false);
    return {
      id: item.text('id').toLowerCase(),
      name: item.text('name'),
      status: item.textOrNull('status') ?? 'unknown',
    };
  });
}

export interface PodItem {
  /** `realm::pod` or `pod`. */
  readonly name: string;
  readonly arrays: readonly PodArrayItem[];
}

/** Live pods, a page at a time. */
export async function getPods(rest: RestClient, token: string | null, call: RestCall): Promise<Listing<PodItem>> {
  const path = `/pods${query({ filter: "destroyed='false'", limit: PAGE, continuation_token: token })}`;
  const answer = await rest.request({ method: 'GET', path }, call);
  const items = itemsOf(rest.array, answer, false).map(fields => ({
    name: new Item(rest.array, fields, false).text('name'),
    arrays: arraysOf(rest, fields),
  }));
  return { items, next: nextOf(answer) };
}
