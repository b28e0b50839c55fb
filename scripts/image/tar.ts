import { createReadStream } from 'node:fs';

/** One file of an archive. The same entries always give the same bytes: no time, owner or name of the builder. */
export interface TarEntry {
  /** Relative path, at most 100 bytes. */
  readonly name: string;
  /** Permission bits; 0644 without it. */
  readonly mode?: number;
  readonly content: Buffer | FileContent;
}

/** Content streamed from a file, so that layers never sit in memory. */
export interface FileContent {
  readonly file: string;
  /** Bytes. */
  readonly size: number;
}

const BLOCK = 512;
const MAX_NAME = 100;

/** The bytes of a ustar archive (POSIX.1-1988), in the order given. */
export async function* tarBytes(entries: readonly TarEntry[]): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    const size = sizeOf(entry.content);
    yield header(entry.name, entry.mode ?? 0o644, size);
    yield* contentBytes(entry.content);
    const rest = size % BLOCK;
    if (rest > 0) yield Buffer.alloc(BLOCK - rest);
  }
  yield Buffer.alloc(2 * BLOCK);
}

const sizeOf = (content: TarEntry['content']): number => (Buffer.isBuffer(content) ? content.length : content.size);

async function* contentBytes(content: TarEntry['content']): AsyncGenerator<Buffer> {
  if (Buffer.isBuffer(content)) {
    yield content;
    return;
  }
  let read = 0;
  for await (const chunk of createReadStream(content.file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    read += chunk.length;
    yield chunk;
  }
  if (read !== content.size) throw new RangeError(`${content.file} has ${read} bytes, not ${content.size}`);
}

function header(name: string, mode: number, size: number): Buffer {
  if (Buffer.byteLength(name) > MAX_NAME) throw new RangeError(`Archive entry name is longer than 100 bytes: ${name}`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, offset: number, width: number): void =>
    void block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, offset, 'latin1');
  block.write(name, 0);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write('        0', 148, 'latin1'); // blank checksum, then type 0: a file
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
