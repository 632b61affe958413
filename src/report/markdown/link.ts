import { code } from './inert-text.ts';

const longestAddress = 2000;

/** A code span, with a link on it when there is an address. */
export function link(untrustedText: string, address: string | undefined): string {
  return address === undefined ? code(untrustedText) : `[${code(untrustedText)}](${address})`;
}

/** The address as it may stand in Markdown; undefined for what is none of the web, or is too long to be one. */
export function webAddress(untrusted: string | undefined): string | undefined {
  if (untrusted === undefined || untrusted.length > longestAddress || !URL.canParse(untrusted))
    return undefined;
  const { protocol, username, password, href } = new URL(untrusted);
  if (!['https:', 'http:'].includes(protocol) || username !== '' || password !== '') return undefined;
  return short(href.replace(/[^\w.~:/?#@&+,=%-]/g, encoded));
}

/** A path below an address, such as that of a file: `blob`, a commit and its name. */
export function below(address: string | undefined, ...untrustedParts: readonly string[]): string | undefined {
  const parts = untrustedParts.flatMap((part) => part.split('/'));
  if (address === undefined || parts.some((part) => ['', '.', '..'].includes(part))) return undefined;
  return short([address.replace(/\/$/, ''), ...parts.map(encoded)].join('/'));
}

function short(address: string): string | undefined {
  return address.length > longestAddress ? undefined : address;
}

function encoded(text: string): string {
  const code = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, code);
}
