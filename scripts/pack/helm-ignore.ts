import { PsoError } from '../../driver/src/domain/errors.ts';

/** Whether a path, relative to the chart and with `/`, stays out of its package. */
export type IsIgnored = (file: string) => boolean;

/**
 * The part of .helmignore's grammar that our charts use: `folder/`, `*.suffix`, and plain names, each at any depth.
 * Anything else throws: a rule that is misread would ship what should stay at home.
 */
export function parseHelmIgnore(text: string): IsIgnored {
  const rules = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(rule);
  return file => rules.some(matches => matches(file.split('/')));
}

function rule(line: string): (parts: readonly string[]) => boolean {
  if (/^[\w.-]+\/$/.test(line)) return parts => parts.slice(0, -1).includes(line.slice(0, -1));
  if (/^\*\.[\w.-]+$/.test(line)) return parts => parts.at(-1)?.endsWith(line.slice(1)) === true;
  if (/^[\w.-]+$/.test(line)) return parts => parts.includes(line);
  throw new PsoError('invalid', `.helmignore has the line "${line}".`, 'Write folder/, *.suffix or a plain name.');
}
