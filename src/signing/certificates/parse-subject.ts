/** One attribute of a subject, its type named as `subjectAttributes` does. */
export interface SubjectAttribute {
  readonly type: string;
  readonly value: string;
}

/** What certificate authorities put into subjects (RFC 4514, 3; X.520), and what `subjectAttributes` calls it. */
const knownTypes: ReadonlyMap<string, string> = new Map([
  ...['C', 'CN', 'DC', 'L', 'O', 'OU', 'ST'].map((type) => [type, type] as const),
  ['SERIALNUMBER', '2.5.4.5'],
  ['STREET', '2.5.4.9'],
  ['POSTALCODE', '2.5.4.17'],
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
    const [whole = '', name = '', text = ''] = attributePattern.exec(untrustedText) ?? [];
    const value = unescaped(text.replace(/(?<!\\) +$/, ''));
    const type = knownTypes.get(name.toUpperCase());
    if (whole === '' || value === '' || type === undefined) return undefined;
    attributes.push({ type, value });
    at = attributePattern.lastIndex;
    if (at === untrustedText.length && whole.endsWith(',')) return undefined;
  }
  return attributes.length === 0 ? undefined : attributes;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gu, '$1');
}
