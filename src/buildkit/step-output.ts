import { StringDecoder } from 'node:string_decoder';

/** Lines kept of each running step, in case it fails. */
const keptLines = 50;
const keptLineLength = 2000;
/** Characters without a line break after which a piece is taken for a line. */
const longestPartial = 8192;

interface Stream {
  readonly decoder: StringDecoder;
  partial: string;
}

/** The output of one step: pieces of base64 become whole lines, of which the last ones are kept. */
export class StepOutput {
  readonly #streams = new Map<number, Stream>();
  #kept: string[] = [];

  /** Hands over the whole lines that this piece completes, joined by line breaks; undefined when there is none. */
  take(stream: number, base64: string): string | undefined {
    const { decoder, partial } = this.#stream(stream);
    const text = partial + decoder.write(Buffer.from(base64, 'base64'));
    const end = text.length - text.lastIndexOf('\n') > longestPartial ? text.length : text.lastIndexOf('\n');
    this.#stream(stream).partial = text.slice(end + 1);
    return end < 0 ? undefined : this.#keep(text.slice(0, end));
  }

  /** Hands over what came after the last line breaks, at the end of the step. */
  end(): string | undefined {
    const rests = [...this.#streams.values()].map(({ decoder, partial }) => partial + decoder.end());
    this.#streams.clear();
    const text = rests.filter((rest) => rest !== '').join('\n');
    return text === '' ? undefined : this.#keep(text);
  }

  /** The last lines, untrusted as they came. */
  tail(count: number): readonly string[] {
    return this.#kept.slice(-count);
  }

  #stream(number: number): Stream {
    const known = this.#streams.get(number);
    if (known !== undefined) return known;
    const stream = { decoder: new StringDecoder('utf8'), partial: '' };
    this.#streams.set(number, stream);
    return stream;
  }

  #keep(text: string): string {
    const lines = text.split('\n').slice(-keptLines);
    const cut = lines.map((line) => (line.length > keptLineLength ? line.slice(0, keptLineLength) : line));
    this.#kept = [...this.#kept, ...cut].slice(-keptLines);
    return text;
  }
}
