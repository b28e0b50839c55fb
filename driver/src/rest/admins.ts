import { query } from './query.ts';
import { getItems } from './reads.ts';
import type { RestCall, RestClient } from './rest-client.ts';

/**
 * Role of the account that is logged in, e.g. `storage_admin`; null where the array does not tell: accounts of a directory,
 * and those with policies of their own instead of a role (REST 2.36 of FlashArrays).
 */
export async function getOwnRole(rest: RestClient, user: string, call: RestCall): Promise<string | null> {
  const [first] = await getItems(rest, `/admins${query({ names: [user] })}`, call);
  return first?.reference('role') ?? null;
}
