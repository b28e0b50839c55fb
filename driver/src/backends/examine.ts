import type { ArrayObservation } from '../domain/array.ts';
import type { ArrayAccount, ArrayExamination, ArrayPortal } from '../domain/array-check.ts';
import { getOwnRole } from '../rest/admins.ts';
import type { RestCall, RestClient } from '../rest/rest-client.ts';
import { RestError } from '../rest/rest-error.ts';
import type { CallContext } from './backend.ts';
import { translated } from './errors.ts';
import { at } from './rest-call.ts';

/** What each family reads in its own words. */
export interface Facts {
  observe(call: RestCall): Promise<ArrayObservation>;
  /** Asked after `observe`. */
  portals(call: RestCall): Promise<readonly ArrayPortal[]> | readonly ArrayPortal[];
}

export async function examine(rest: RestClient, facts: Facts, context: CallContext): Promise<ArrayExamination> {
  const call = at('poll', context);
  return await translated('reading its state', async () => {
    // The login first and alone: its failure is told once, and not as that of five calls.
    await rest.minor(call);
    const observation = await facts.observe(call);
    return { observation, portals: await facts.portals(call), account: await readAccount(rest, call) };
  });
}

/** Whose token it is. An array that does not tell can be used all the same. */
async function readAccount(rest: RestClient, call: RestCall): Promise<ArrayAccount | null> {
  const user = rest.session.current?.user ?? null;
  if (user === null) return null;
  try {
    return { user, role: await getOwnRole(rest, user, call) };
  } catch (error) {
    if (error instanceof RestError) return { user, role: null };
    throw error;
  }
}
