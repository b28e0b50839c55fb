import { status } from '@grpc/grpc-js';
import { toStatus } from '../../driver/src/csi/to-status.ts';
import type { CatalogueEntry } from '../../driver/src/domain/catalogue/entry.ts';
import { ERROR_CHAPTERS, isErrorId } from '../../driver/src/domain/error-catalogue.ts';
import { PsoError } from '../../driver/src/domain/errors.ts';
import type { ErrorSite } from './error-sites.ts';

const HEAD = `# Errors

Generated from driver/src/domain/error-catalogue.ts and the places that use it, by \`npm run generate\`.

Every refusal is a sentence that names what is wrong, with its value, and what to do next; it ends with the anchor of its
entry here. You find it where you look: Helm's output for values, the claim's events for claims, \`kubectl describe pod\` for
mounts, the controller's log for arrays. Other arrays and volumes go on whatever happens to one of them.

Events of claims that the driver writes have one of these reasons: \`VolumePlaced\` (where, and why there), \`PlacementRefused\` (of
each array, why not), \`VolumePartlyConnected\` (of two arrays that have the volume, the node has paths to one only).

The sidecars see a gRPC status. Each entry names the one of a *final* answer: nothing happened, nor will it. An answer *in
doubt* (the array may have acted) is only ever \`ABORTED\`, \`DEADLINE_EXCEEDED\` or \`UNAVAILABLE\`, so that nothing that may
exist is forgotten ([driver/src/csi/to-status.ts](../driver/src/csi/to-status.ts)).
`;

/** More examples than this tell nothing new. */
const MAX_EXAMPLES = 3;

function entryText(id: string, { cause, remedy }: CatalogueEntry, sites: readonly ErrorSite[]): string {
  const messages = sites.filter(site => site.kinds.includes(id)).flatMap(site => site.messages);
  const examples = [...new Set(messages)]
    .filter(text => /[a-z]{3}/i.test(text.replaceAll('…', '')))
    .slice(0, MAX_EXAMPLES);
  const code = isErrorId(id) ? status[toStatus(new PsoError(id, '', '')).code] : '';
  return [
    `\n### ${id}\n`,
    ...(examples.length === 0 ? [] : [...examples.map(text => `- \`${text}\``), '']),
    `${cause} **What to do:** ${remedy} (\`${code}\`)\n`,
  ].join('\n');
}

/** docs/errors.md: each id of the catalogue is a heading, so that `#id` leads to it. */
export function errorsPage(sites: readonly ErrorSite[]): string {
  const chapters = Object.entries(ERROR_CHAPTERS).map(([title, entries]) =>
    [
      `\n## ${title}\n`,
      ...Object.entries<CatalogueEntry>(entries).map(([id, entry]) => entryText(id, entry, sites)),
    ].join(''),
  );
  return `${HEAD}${chapters.join('')}`;
}
