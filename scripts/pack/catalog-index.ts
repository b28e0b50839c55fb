import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { ChartPackage } from './chart-package.ts';

const entrySchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  digest: z.string(),
  created: z.string(),
  urls: z.array(z.string()),
});
type Entry = z.output<typeof entrySchema>;

const indexSchema = z.looseObject({ entries: z.record(z.string(), z.array(entrySchema)) });

export interface IndexOptions {
  /** Prefix of addresses, e.g. `https://example.com/catalog/`; empty: relative to the index. */
  readonly baseUrl: string;
  /** RFC 3339, for packages that the old index lacks. */
  readonly created: string;
}

/**
 * The index.yaml of a Helm repository: versions of the old one stay, newest first. Addresses start with `assets/`, as Rancher
 * resolves them against the root of a repository wherever the index lies.
 */
export function catalogIndex(old: string | null, charts: readonly ChartPackage[], options: IndexOptions): string {
  const entries = new Map<string, Entry[]>(old === null ? [] : Object.entries(indexSchema.parse(parse(old)).entries));
  for (const chart of charts) {
    const { name, version } = chart.metadata;
    const known = entries.get(name) ?? [];
    const same = known.find(entry => entry.version === version && entry.digest === chart.digest);
    const others = known.filter(entry => entry.version !== version);
    const entry = entryOf(chart, { ...options, created: same?.created ?? options.created });
    entries.set(name, [entry, ...others].sort(newestFirst));
  }
  const newest = [...entries.values()]
    .flat()
    .reduce((latest, { created }) => (created > latest ? created : latest), '');
  const sorted = Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
  return stringify({ apiVersion: 'v1', entries: sorted, generated: newest }, { lineWidth: 0 });
}

function entryOf({ metadata, file, digest }: ChartPackage, { baseUrl, created }: IndexOptions): Entry {
  return {
    ...metadata,
    // A page can't load file://; Rancher serves a git catalog's icon itself.
    icon: baseUrl === '' ? metadata.icon : metadata.icon.replace(/^file:\/\//, baseUrl),
    created,
    digest,
    urls: [`${baseUrl}assets/${metadata.name}/${file}`],
  };
}

const numbers = (version: string): readonly number[] => (version.split('-')[0] ?? '').split('.').map(Number);

/** By SemVer's first rules: a pre-release is older than its release. */
function newestFirst(first: Entry, second: Entry): number {
  const [a, b] = [numbers(first.version), numbers(second.version)];
  const differing = a.findIndex((part, index) => part !== b[index]);
  if (differing >= 0) return (b[differing] ?? 0) - (a[differing] ?? 0);
  const [isFirstPre, isSecondPre] = [first.version.includes('-'), second.version.includes('-')];
  if (isFirstPre !== isSecondPre) return isFirstPre ? 1 : -1;
  return first.version < second.version ? 1 : -1;
}
