/** The value of a variable: empty when it is not set, undefined when it is not known here. */
export type Lookup = (name: string) => string | undefined;

/**
 * A word of a Dockerfile as BuildKit 0.25 expands it: quotes, `$NAME`, `${NAME}`, and `${NAME:-word}` with its kin
 * `-`, `:+` and `+`. Undefined for anything else, and where it depends on a variable that is not known.
 */
export function expandWord(untrustedWord: string, lookup: Lookup): string | undefined {
  const reader: Reader = { text: untrustedWord, at: 0, lookup };
  const value = readUntil(reader, '');
  return reader.at === untrustedWord.length ? value : undefined;
}

interface Reader {
  readonly text: string;
  at: number;
  readonly lookup: Lookup;
}

/** Reads to `end`, which is not consumed, or to the end of the text. */
function readUntil(reader: Reader, end: '' | '"' | '}'): string | undefined {
  let value = '';
  while (reader.at < reader.text.length) {
    const character = reader.text.charAt(reader.at);
    if (character === end) break;
    const piece = readPiece(reader, character, end === '"');
    if (piece === undefined) return undefined;
    value += piece;
  }
  return value;
}

function readPiece(reader: Reader, character: string, quoted: boolean): string | undefined {
  if (character === '\\' || character === '`') return undefined;
  reader.at++;
  if (character === '$') return readVariable(reader);
  if (character === '"' && !quoted) return closed(reader, readUntil(reader, '"'), '"');
  if (character !== "'" || quoted) return character;
  const close = reader.text.indexOf("'", reader.at);
  if (close < 0) return undefined;
  const value = reader.text.slice(reader.at, close);
  reader.at = close + 1;
  return value;
}

function closed(reader: Reader, value: string | undefined, end: string): string | undefined {
  if (reader.text.charAt(reader.at) !== end) return undefined;
  reader.at++;
  return value;
}

function readVariable(reader: Reader): string | undefined {
  const braced = reader.text.charAt(reader.at) === '{';
  if (braced) reader.at++;
  const [name = ''] = /^[A-Za-z_]\w*/.exec(reader.text.slice(reader.at, reader.at + maxNameLength)) ?? [];
  if (name === '') return undefined;
  reader.at += name.length;
  const value = reader.lookup(name);
  return braced ? closed(reader, readModifier(reader, value), '}') : value;
}

/** Longer names are no use to anybody, and need not be looked through again and again. */
const maxNameLength = 256;

function readModifier(reader: Reader, value: string | undefined): string | undefined {
  const [, colon, kind] = /^(:?)([-+])/.exec(reader.text.slice(reader.at, reader.at + 2)) ?? [];
  if (kind === undefined) return value;
  reader.at += colon === '' ? 1 : 2;
  const word = readUntil(reader, '}');
  if (value === undefined) return undefined;
  // Without the colon an empty value counts as set; whether it was is not known here.
  if (colon === '' && value === '') return undefined;
  return (kind === '-') === (value === '') ? word : kind === '-' ? value : '';
}
