import type { CallContext, Page } from '../backends/backend.ts';
import { PsoError } from '../domain/errors.ts';
import type { Member } from './fleet.ts';
import type { ListPage } from './requests.ts';

/** Where a listing of the whole fleet goes on: the array, and its own token. */
interface Position {
  readonly arrayId: string;
  readonly inner: string | null;
}

export const MAX_PAGE = 1000;

const encode = ({ arrayId, inner }: Position): string =>
  Buffer.from(JSON.stringify([arrayId, inner])).toString('base64url');

/** A strange token is `conflict`, which CSI knows as ABORTED: start over. */
function decode(token: string): Position {
  try {
    const [arrayId, inner] = JSON.parse(Buffer.from(token, 'base64url').toString()) as [unknown, unknown];
    if (typeof arrayId === 'string' && (inner === null || typeof inner === 'string')) return { arrayId, inner };
  } catch {
    // falls through: not one of ours
  }
  throw new PsoError(
    'list-token-unknown',
    `starting_token "${token.slice(0, 60)}" is not one of this driver's.`,
    'Start the list again.',
  );
}

/** One array's part of a listing. */
export type ListOne<Item> = (
  member: Member,
  page: { readonly limit: number; readonly token: string | null },
  call: CallContext,
) => Promise<Page<Item>>;

function inOrder(members: readonly Member[]): readonly (Member & { readonly arrayId: string })[] {
  const silent = members.filter(({ arrayId }) => arrayId === null);
  if (silent.length > 0) {
    const endpoints = silent.map(({ state }) => state.settings.endpoint).join(', ');
    throw new PsoError(
      'list-incomplete',
      `The list would lack the objects of ${endpoints}, not reached yet.`,
      'Make it reachable, or remove it from the values of the chart.',
    );
  }
  return members
    .flatMap(member => (member.arrayId === null ? [] : [{ ...member, arrayId: member.arrayId }]))
    .sort((a, b) => (a.arrayId < b.arrayId ? -1 : 1));
}

/** Array after array in the order of their ids, so that a token stays good while arrays come and go. */
export async function listFleet<Item>(
  members: readonly Member[],
  page: { readonly limit: number; readonly token: string },
  listOne: ListOne<Item>,
  call: CallContext,
): Promise<ListPage<Item>> {
  const start = page.token === '' ? null : decode(page.token);
  const limit = page.limit > 0 ? Math.min(page.limit, MAX_PAGE) : MAX_PAGE;
  const rest = inOrder(members).filter(({ arrayId }) => start === null || arrayId >= start.arrayId);
  const items: Item[] = [];
  for (const [index, member] of rest.entries()) {
    let token = start?.arrayId === member.arrayId ? start.inner : null;
    do {
      const part = await listOne(member, { limit: limit - items.length, token }, call);
      items.push(...part.items);
      token = part.next;
      if (items.length >= limit) return { items, nextToken: nextOf(member.arrayId, token, rest[index + 1]?.arrayId) };
    } while (token !== null);
  }
  return { items, nextToken: '' };
}

function nextOf(arrayId: string, token: string | null, nextArrayId: string | undefined): string {
  if (token !== null) return encode({ arrayId, inner: token });
  return nextArrayId === undefined ? '' : encode({ arrayId: nextArrayId, inner: null });
}
