const letterEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};
const escapeOf = new Map(Object.entries(letterEscapes).map(([letter, character]) => [character, letter]));

/** An escape of a Go string literal; the last, empty alternative catches a backslash that begins none. */
const escapePattern =
  /\\(?:([abfnrtv\\"])|x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|)/g;

/**
 * The text between the quotes of an interpreted Go string literal, escapes resolved (Go specification 1.22, String
 * literals). Undefined when an escape is wrong, or names a single byte beyond ASCII.
 */
export function unescapeGoString(body: string): string | undefined {
  let valid = true;
  const text = body.replaceAll(escapePattern, (_, letter, hex, octal, short, long) => {
    if (letter !== undefined) return letterEscapes[letter] ?? '';
    const character = (hex ?? octal) ? asciiCharacter(hex, octal) : scalarCharacter(short ?? long);
    valid &&= character !== undefined;
    return character ?? '';
  });
  return valid ? text : undefined;
}

function asciiCharacter(hex: string | undefined, octal: string | undefined): string | undefined {
  const byte = hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16);
  return byte < 0x80 ? String.fromCharCode(byte) : undefined;
}

function scalarCharacter(hex: string | undefined): string | undefined {
  const code = Number.parseInt(hex ?? '', 16);
  const isScalar = code < 0xd800 || (code > 0xdfff && code <= 0x10ffff);
  return isScalar ? String.fromCodePoint(code) : undefined;
}

/** The text as an interpreted Go string literal, quotes included: what `%q` prints. */
export function goQuote(text: string): string {
  return `"${text.replaceAll(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, escapeCharacter)}"`;
}

function escapeCharacter(character: string): string {
  const letter = escapeOf.get(character);
  if (letter !== undefined) return `\\${letter}`;
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  if (hex.length <= 2 && character < '\x80') return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
