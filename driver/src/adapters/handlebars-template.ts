import type { TemplatePart } from '../orchestrator/volume-name.ts';

interface Path {
  readonly type: string;
  readonly original?: unknown;
  readonly parts?: readonly unknown[];
  readonly data?: boolean;
  readonly depth?: number;
}

interface Statement {
  readonly type: string;
  readonly value?: unknown;
  readonly path?: Path;
  readonly params?: readonly Path[];
  readonly hash?: unknown;
}

const FILTERS = ['lower', 'upper'] as const;

/** A plain word: no `this`, no `../x`, no `@data`, no `a.b`, so that nothing but our own values can be reached. */
function wordOf(path: Path | undefined): string {
  const [word] = path?.parts ?? [];
  const isPlain = path?.type === 'PathExpression' && path.parts?.length === 1 && !path.data && path.depth === 0;
  if (isPlain && typeof word === 'string' && path.original === word) return word;
  throw new Error('values are single words, e.g. {{claim}}');
}

function partOf({ type, value, path, params = [], hash }: Statement): TemplatePart | null {
  if (type === 'CommentStatement') return null;
  if (type === 'ContentStatement' && typeof value === 'string') return { kind: 'text', text: value };
  if (type !== 'MustacheStatement') throw new Error('it may hold text and values only, no blocks or partials');
  const [first, second] = params;
  if (!first) return { kind: 'value', name: wordOf(path), filter: null };
  const filter = FILTERS.find(name => name === wordOf(path));
  if (filter === undefined || second !== undefined || hash !== undefined) {
    throw new Error(`the filters are ${FILTERS.join(' and ')}, with one value each`);
  }
  return { kind: 'value', name: wordOf(first), filter };
}

/**
 * Parses with Handlebars and executes nothing: templates come from classes, which are not always the administrator's own.
 * Loaded at the first template, as most clusters have none.
 */
export async function readHandlebars(text: string): Promise<readonly TemplatePart[]> {
  const { default: handlebars } = await import('handlebars');
  const { body } = handlebars.parse(text) as unknown as { readonly body: readonly Statement[] };
  return body.flatMap(statement => partOf(statement) ?? []);
}
