import { malformed } from './untrusted-envelope.ts';

/** Decodes the one canonical spelling of some bytes. Throws SignatureRejected with `envelope.malformed`. */
export function decodeExactly(text: unknown, encoding: 'base64' | 'base64url', what: string): Uint8Array {
  if (typeof text !== 'string') throw malformed(`${what} is not a text`);
  const bytes = Buffer.from(text, encoding);
  if (bytes.toString(encoding) !== text) throw malformed(`${what} is not exact ${encoding}`);
  return bytes;
}
