import { readStrictJson } from '../../core/index.ts';
import { malformed } from './untrusted-envelope.ts';

/** Parses strict JSON. Throws SignatureRejected with `envelope.malformed`. */
export function parseStrictJson(bytes: Uint8Array, what: string): unknown {
  const read = readStrictJson(bytes);
  if (read.kind === 'value') return read.value;
  if (read.kind === 'not-json') throw malformed(`${what} is not JSON`, read.cause);
  throw malformed(`${what} has an object with the same name twice`);
}

/** An object of a JSON text as a map of its own members. Throws SignatureRejected with `envelope.malformed`. */
export function asMembers(value: unknown, what: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(`${what} is not a JSON object`);
  return new Map(Object.entries(value));
}
