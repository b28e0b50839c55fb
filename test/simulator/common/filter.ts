import { refuse } from './api-error.ts';

/** Reads a property by its dotted path; undefined when there is none. */
export type ReadProperty = (path: string) => unknown;
export type Filter = (read: ReadProperty) => boolean;

const TOKEN =
  /\s*(?:'((?:[^'\\]|\\.)*)'|(<=|>=|!=|=|<|>|\(|\)|,)|([A-Za-z_@][\w.@-]*(?:\[(?:any|all|\d+)\])?(?:\.[\w.-]+)*)|(-?\d+(?:\.\d+)?))/y;

interface Token {
  readonly kind: 'text' | 'sign' | 'word' | 'number' | 'end';
  readonly value: string;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (text.slice(position).trim() !== '') {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(text);
    if (match === null) throw refuse('Invalid filter.', text);
    const [, quoted, sign, word, number] = match;
    if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted.replaceAll(/\\(.)/g, '$1') });
    else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign });
    else if (word !== undefined) tokens.push({ kind: 'word', value: word });
    else tokens.push({ kind: 'number', value: number ?? '' });
    position = TOKEN.lastIndex;
  }
  return tokens;
}

/** Recursive descent: or < and < not < comparison. */
class Parser {
  readonly #text: string;
  readonly #tokens: Token[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  parse(): Filter {
    const filter = this.#or();
    if (this.#peek().kind !== 'end') throw this.#wrong();
    return filter;
  }

  #wrong(): Error {
    return refuse('Invalid filter.', this.#text);
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', value: '' };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #takeIf(kind: Token['kind'], value: string): boolean {
    const token = this.#peek();
    const fits = token.kind === kind && token.value.toLowerCase() === value;
    if (fits) this.#next++;
    return fits;
  }

  #expect(sign: string): void {
    if (!this.#takeIf('sign', sign)) throw this.#wrong();
  }

  #or(): Filter {
    let left = this.#and();
    while (this.#takeIf('word', 'or')) {
      const [first, second] = [left, this.#and()];
      left = read => first(read) || second(read);
    }
    return left;
  }

  #and(): Filter {
    let left = this.#not();
    while (this.#takeIf('word', 'and')) {
      const [first, second] = [left, this.#not()];
      left = read => first(read) && second(read);
    }
    return left;
  }

  #not(): Filter {
    if (this.#takeIf('word', 'not')) {
      const inner = this.#not();
      return read => !inner(read);
    }
    if (this.#takeIf('sign', '(')) {
      const inner = this.#or();
      this.#expect(')');
      return inner;
    }
    return this.#comparison();
  }

  #comparison(): Filter {
    const word = this.#take();
    if (word.kind !== 'word') throw this.#wrong();
    if (this.#takeIf('sign', '(')) return this.#function(word.value.toLowerCase());
    const path = word.value;
    const sign = this.#peek();
    if (sign.kind !== 'sign' || !['=', '!=', '<', '<=', '>', '>='].includes(sign.value)) {
      return read => read(path) === true;
    }
    this.#next++;
    return compare(path, sign.value, this.#operands());
  }

  #function(name: string): Filter {
    const path = this.#take().value;
    if (name === 'exists') {
      this.#expect(')');
      return read => read(path) !== null && read(path) !== undefined;
    }
    if (name !== 'contains') throw this.#wrong();
    this.#expect(',');
    const wanted = this.#take().value.toLowerCase();
    this.#expect(')');
    return read => elements(read(path)).some(value => String(value).toLowerCase().includes(wanted));
  }

  #operands(): string[] {
    if (!this.#takeIf('sign', '(')) return [this.#operand()];
    const values = [this.#operand()];
    while (this.#takeIf('sign', ',')) values.push(this.#operand());
    this.#expect(')');
    return values;
  }

  #operand(): string {
    const token = this.#take();
    if (token.kind === 'end' || token.kind === 'sign') throw this.#wrong();
    return token.value;
  }
}

function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function compare(path: string, sign: string, operands: readonly string[]): Filter {
  const tests = operands.map(operand => test(sign === '!=' ? '=' : sign, operand));
  const anyFits: Filter = read => elements(read(path)).some(value => tests.some(fits => fits(value)));
  return sign === '!=' ? read => !anyFits(read) : anyFits;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : JSON.stringify(value ?? null);
}

/** Strings ignore case and know `*`; numbers and booleans may come quoted. */
function test(sign: string, operand: string): (value: unknown) => boolean {
  const pattern = wildcard(operand);
  const wanted = operand.toLowerCase();
  return value => {
    if (value === null || value === undefined) return false;
    const text = textOf(value);
    if (sign === '=') return typeof value === 'string' ? pattern(value) : text === wanted;
    const order = typeof value === 'number' ? value - Number(operand) : text < wanted ? -1 : 1;
    const isSame = text === wanted;
    if (sign === '<') return order < 0 && !isSame;
    if (sign === '<=') return order <= 0 || isSame;
    if (sign === '>') return order > 0 && !isSame;
    return order >= 0 || isSame;
  };
}

function wildcard(operand: string): (value: string) => boolean {
  const wanted = operand.toLowerCase();
  if (!wanted.includes('*')) return value => value.toLowerCase() === wanted;
  const body = wanted.slice(0, -1);
  if (wanted.endsWith('*') && !body.includes('*')) return value => value.toLowerCase().startsWith(body);
  const source = wanted
    .split('*')
    .map(part => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const pattern = new RegExp(`^${source}$`, 's');
  return value => pattern.test(value.toLowerCase());
}

const cache = new Map<string, Filter>();

/** Throws `Invalid filter.` (400). Filters repeat a lot (polling), so compiled ones are kept. */
export function compileFilter(text: string): Filter {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const filter = new Parser(text).parse();
  if (cache.size > 500) cache.clear();
  cache.set(text, filter);
  return filter;
}
