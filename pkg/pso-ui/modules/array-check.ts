import { PROTOCOL_WORDS } from '../../../driver/src/domain/array.ts';
import type { CheckedArray } from '../../../driver/src/domain/array-check.ts';
import type { JsonObject } from '../forms/json.ts';
import { readableBytes } from './size.ts';

/** Body of the question, all but its ticket; docs/how-to/check-an-array.md says what it is. */
export interface CheckBody {
  readonly [list: string]: readonly JsonObject[];
}

/** One entry as the form has it. A token that was not typed is left out: the driver then uses the one that it has. */
export const checkBody = (list: string, item: JsonObject, typed: JsonObject = {}): CheckBody => ({
  [list]: [{ ...item, ...typed }],
});

/** Key of a text `pso.fleet.check.found.<key>`, and what was found. */
export interface FoundLine {
  readonly key: 'name' | 'model' | 'version' | 'protocols' | 'portals' | 'capacity' | 'account';
  readonly text: string;
}

/** What an array says of itself, line by line; portals are those that this cluster's nodes may use. */
export function foundLines(array: CheckedArray): readonly FoundLine[] {
  const { capacity, account, protocols, nodeProtocol } = array;
  const portals = array.portals.filter(({ protocol, isAllowed }) => protocol === nodeProtocol && isAllowed);
  const percent = capacity.totalBytes > 0 ? Math.round((capacity.usedBytes / capacity.totalBytes) * 100) : 0;
  const used = `${readableBytes(capacity.usedBytes)} / ${readableBytes(capacity.totalBytes)} (${percent} %)`;
  return [
    { key: 'name', text: array.name },
    { key: 'model', text: array.model },
    { key: 'version', text: `Purity ${array.purityVersion}, REST ${array.restVersion}` },
    { key: 'protocols', text: protocols.map(protocol => PROTOCOL_WORDS[protocol]).join(', ') || '–' },
    { key: 'portals', text: portals.map(({ address }) => address).join(', ') || '–' },
    { key: 'capacity', text: used },
    ...(account ? [{ key: 'account', text: [account.user, account.role].filter(Boolean).join(', ') } as const] : []),
  ];
}
