/** One line of Prometheus' text format. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

/** Samples whose name passes; comments and lines that are none are left out. */
export function parseMetrics(text: string, wanted: (name: string) => boolean): readonly MetricSample[] {
  return text.split('\n').flatMap(line => {
    const [, name = '', labels = '', value = ''] = line.startsWith('#') ? [] : (LINE.exec(line) ?? []);
    if (name === '' || !wanted(name)) return [];
    const pairs = [...labels.matchAll(LABEL)].map(([, key = '', raw = '']) => [key, unescape(raw)] as const);
    return [{ name, labels: Object.fromEntries(pairs), value: toNumber(value) }];
  });
}

const unescape = (text: string): string => text.replace(/\\(.)/g, (_all, char: string) => ESCAPES[char] ?? char);

const toNumber = (value: string): number => {
  if (/^[+-]?Inf$/.test(value)) return value.startsWith('-') ? -Infinity : Infinity;
  return Number(value);
};
