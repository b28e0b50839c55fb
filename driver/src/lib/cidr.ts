interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

function parseV4(text: string): Address | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every(part => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return { bits: 32, value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) };
}

function parseV6(text: string): Address | null {
  const halves = text.split('::');
  if (halves.length > 2 || !/^[0-9a-fA-F:]{2,39}$/.test(text)) return null;
  const [head = [], tail = []] = halves.map(half => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!groups.every(group => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return { bits: 128, value: groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n) };
}

const parseAddress = (text: string): Address | null => parseV4(text) ?? parseV6(text);

/** A network such as `10.0.0.0/24` or `fd00::/8`; without `/n` one address. */
export class Cidr {
  readonly #network: Address;
  readonly #shift: bigint;

  private constructor(network: Address, length: number) {
    this.#network = network;
    this.#shift = BigInt(network.bits - length);
  }

  /** Null when `text` is no network. */
  static parse(text: string): Cidr | null {
    const [base = '', length, ...rest] = text.trim().split('/');
    const address = parseAddress(base);
    if (!address || rest.length > 0) return null;
    if (length === undefined) return new Cidr(address, address.bits);
    return /^\d{1,3}$/.test(length) && Number(length) <= address.bits ? new Cidr(address, Number(length)) : null;
  }

  /** False for what is no address. */
  has(text: string): boolean {
    const address = parseAddress(text);
    return address?.bits === this.#network.bits && address.value >> this.#shift === this.#network.value >> this.#shift;
  }
}
