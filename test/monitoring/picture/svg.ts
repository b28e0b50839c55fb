type Attributes = Readonly<Record<string, string | number>>;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** One element; children are markup already. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const listed = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  const open = `<${name}${listed.join('')}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join('')}</${name}>`;
}

export interface TextStyle {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly fill: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly weight?: number;
}

export const text = (content: string, { x, y, size, fill, anchor = 'start', weight = 400 }: TextStyle): string =>
  element(
    'text',
    { x: round(x), y: round(y), 'font-size': size, fill, 'text-anchor': anchor, 'font-weight': weight },
    escaped(content),
  );

/** Narrow letters count less; good to a tenth for sans-serif fonts. */
export function textWidth(content: string, size: number): number {
  let em = 0;
  for (const letter of content) {
    em += /[ijl.,:;|'! ]/.test(letter) ? 0.3 : /[mwMW%@]/.test(letter) ? 0.88 : /[A-Z]/.test(letter) ? 0.68 : 0.555;
  }
  return em * size;
}

/** The text, or as much of it as fits, with an ellipsis. */
export function fitted(content: string, width: number, size: number): string {
  if (textWidth(content, size) <= width) return content;
  let kept = content;
  while (kept.length > 1 && textWidth(`${kept}…`, size) > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}

/** Half a tenth of a pixel is nothing to see, and files stay small. */
export const round = (value: number): number => Math.round(value * 10) / 10;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
