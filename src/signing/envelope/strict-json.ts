import { malformed } from './untrusted-envelope.ts';

/**
 * Parses JSON in UTF-8 whose objects name nothing twice: of two values, each reader could believe another one.
 * Throws SignatureRejected with `envelope.malformed`.
 */
export function parseStrictJson(bytes: Uint8Array, what: string): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    const twice = repeatedName(text);
    if (!twice) return value;
  } catch (cause) {
    throw malformed(`${what} is not JSON`, cause);
  }
  throw malformed(`${what} has an object with the same name twice`);
}

/** An object of a JSON text as a map of its own members. Throws SignatureRejected with `envelope.malformed`. */
export function asMembers(value: unknown, what: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(`${what} is not a JSON object`);
  return new Map(Object.entries(value));
}

/** Whether an object of this valid JSON text has two members of one name, however they are escaped. */
function repeatedName(text: string): boolean {
  const open: Set<string>[] = [];
  let word = '';
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}:]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (token !== ':') word = token;
    else {
      const name: string = JSON.parse(word);
      if (open.at(-1)?.has(name)) return true;
      open.at(-1)?.add(name);
    }
  }
  return false;
}
