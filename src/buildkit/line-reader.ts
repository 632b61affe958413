import { StringDecoder } from 'node:string_decoder';

export interface LineReader {
  readonly take: (chunk: Uint8Array) => void;
  /** Hands on what came after the last line break. */
  readonly end: () => void;
}

/** Cuts a stream of UTF-8 into lines without their line breaks; characters may be split between chunks. */
export function createLineReader(onLine: (line: string) => void): LineReader {
  const decoder = new StringDecoder('utf8');
  let pieces: string[] = [];
  const flush = (last: string) => {
    const line = pieces.length === 0 ? last : pieces.join('') + last;
    pieces = [];
    onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  };
  return {
    take(chunk) {
      const parts = decoder.write(chunk).split('\n');
      const rest = parts.pop() ?? '';
      for (const part of parts) flush(part);
      if (rest !== '') pieces.push(rest);
    },
    end() {
      const rest = decoder.end();
      if (rest !== '' || pieces.length > 0) flush(rest);
    },
  };
}
