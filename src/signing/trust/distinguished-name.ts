import type { X509Certificate } from '@peculiar/x509';
import { subjectAttributes } from '../certificates/subject.ts';

/** Attribute values by their short names; each attribute once. */
export type DistinguishedName = ReadonlyMap<string, string>;

const mandatory = ['C', 'ST', 'O'] as const;
const ruleHint = 'C, ST and O are needed, each attribute once';

/** What `subjectAttributes` calls them, and what identities call them; no other attribute can be compared. */
const comparable: ReadonlyMap<string, string> = new Map([
  ['C', 'C'],
  ['ST', 'ST'],
  ['L', 'L'],
  ['O', 'O'],
  ['OU', 'OU'],
  ['CN', 'CN'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.17', 'POSTALCODE'],
]);

/**
 * Reads a name as notation does: RFC 4514 without values in hexadecimal BER and without several attributes in one
 * component; `S` is `ST`, and `;` separates like `,`. Throws a plain `Error`.
 */
export function parseDistinguishedName(text: string): DistinguishedName {
  const name = new Map<string, string>();
  for (const component of splitComponents(text)) {
    const [type, value] = parseComponent(component);
    if (name.has(type)) throw new Error(`has "${type}" more than once: ${ruleHint}`);
    name.set(type, value);
  }
  const missing = mandatory.filter((type) => !name.has(type));
  if (missing.length > 0) throw new Error(`lacks ${missing.join(', ')}: ${ruleHint}`);
  return name;
}

/** The subject of a certificate, to be compared with identities. Throws a plain `Error` when it cannot be. */
export function comparableSubject(certificate: X509Certificate): DistinguishedName {
  const name = new Map<string, string>();
  for (const [attribute, values] of subjectAttributes(certificate)) {
    const type = comparable.get(attribute);
    const [value = '', ...others] = values;
    if (type === undefined) throw new Error(`has the attribute "${attribute}", which identities do not know`);
    if (others.length > 0) throw new Error(`has "${type}" more than once`);
    name.set(type, value);
  }
  return name;
}

/** Whether the other name has every attribute of this one, with the very same value. */
export function isPartOf(part: DistinguishedName, whole: DistinguishedName): boolean {
  return [...part].every(([type, value]) => whole.get(type) === value);
}

function splitComponents(text: string): readonly string[] {
  const components: string[] = [];
  let component = '';
  for (const [piece] of text.matchAll(/\\[\s\S]|[\s\S]/gu)) {
    if (piece === '+') throw new Error('has several attributes in one component ("+")');
    if (piece === ',' || piece === ';') {
      components.push(component);
      component = '';
    } else component += piece;
  }
  return [...components, component];
}

function parseComponent(component: string): readonly [type: string, value: string] {
  const match = /^([^=\\]*)=([\s\S]*)$/.exec(component);
  const type = match?.[1]?.trim() ?? '';
  const value = unescapeValue(match?.[2] ?? '');
  if (type === '' || value === '') throw new Error(`has "${component.trim()}", expected TYPE=value`);
  return [type === 'S' ? 'ST' : type, value];
}

function unescapeValue(escaped: string): string {
  const text = /^ *((?:\\[\s\S]|[^\\])*?) *$/u.exec(escaped)?.[1];
  if (text === undefined) throw new Error('ends in the middle of an escape');
  if (text.startsWith('#')) throw new Error('has a value in hexadecimal ("=#")');
  const bytes: Buffer[] = [];
  for (const [piece] of text.matchAll(/\\[0-9a-fA-F]{2}|\\[\s\S]|[\s\S]/gu)) {
    if (/^\\[0-9a-fA-F]{2}$/.test(piece)) bytes.push(Buffer.from(piece.slice(1), 'hex'));
    else if (/^\\[ "#+,;<=>\\]$/.test(piece)) bytes.push(Buffer.from(piece.slice(1)));
    else if (piece.startsWith('\\') || /^["<>\0]$/.test(piece))
      throw new Error(`has "${piece}", which must be escaped otherwise`);
    else bytes.push(Buffer.from(piece));
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(bytes));
  } catch {
    throw new Error('has escaped bytes that are not UTF-8');
  }
}
