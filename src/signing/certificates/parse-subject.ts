/** One attribute of a distinguished name, by its short name. */
export interface SubjectAttribute {
  readonly type: string;
  readonly value: string;
}

/** Those that certificate authorities put into subjects (RFC 4514, 3; X.520). */
const knownTypes: ReadonlySet<string> = new Set([
  'CN',
  'C',
  'DC',
  'L',
  'O',
  'OU',
  'SERIALNUMBER',
  'ST',
  'STREET',
]);

/** Characters; more than any authority writes, and few enough for the pattern to cost nothing. */
const longestSubject = 1_000;

/** `type=value`, its value with any character escaped that could end it. */
const attributePattern = /\s*([A-Za-z]+)\s*=\s*((?:[^\\,+"<>;\p{Cc}]|\\[\\,+"<>;=# ])+)(?:,|$)/uy;

/**
 * Reads a subject as RFC 4514 writes it, `C=DE, O=Example\, Inc., CN=ci`; undefined when the text is none. Of the
 * ways to escape, only the backslash before a character is known; attributes that share one place (`+`) are not.
 */
export function parseSubject(untrustedText: string): readonly SubjectAttribute[] | undefined {
  if (untrustedText.length > longestSubject) return undefined;
  const attributes: SubjectAttribute[] = [];
  let at = 0;
  while (at < untrustedText.length) {
    attributePattern.lastIndex = at;
    const [whole = '', type = '', text = ''] = attributePattern.exec(untrustedText) ?? [];
    const value = unescaped(text.replace(/(?<!\\) +$/, ''));
    if (whole === '' || value === '' || !knownTypes.has(type.toUpperCase())) return undefined;
    attributes.push({ type: type.toUpperCase(), value });
    at = attributePattern.lastIndex;
    if (at === untrustedText.length && whole.endsWith(',')) return undefined;
  }
  return attributes.length === 0 ? undefined : attributes;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gu, '$1');
}
